"""Kernels and calls forked from a parent that has done its imports already.

Starting Python and importing pandas and Altair is most of the time of opening an app or marking a
notebook. Here one parent process imports them once, and every kernel is a fork of it. Two layers,
each useful alone:

- `WarmProvisioner` (`course.warm.provisioner`): a kernel provisioner, jupyter_client's own
  extension point, so that nbgrader, nbclient, Voila and JupyterLab use it by a kernel name;
- `WarmParent` and `run_notebook`: run a function, or the cells of a notebook, in a fork with no
  sockets at all, contained (`course.warm.containment`).

Four ways to have warm kernels, from `course.warm.spec`:

- `server_settings(modules)`: settings for a Jupyter server or Voila, merged into its configuration
  before it starts: `config.update(spec.server_settings(["course.explorers"]))`. Every Python notebook
  opens warm by the name it has already, and nothing is written to anybody's Jupyter folder;
- `as_default(environment)`: the same for a program that is started with an environment;
- `install(prefix)`: a kernelspec `academy-warm` in `prefix/share/jupyter`, for use by name;
- `WarmProvisioner` in the `metadata` of a kernelspec of one's own.

A kernel that cannot be forked starts as ever, and one line in the log says why. The parent starts
with the first kernel; it is started anew when it has died, or when what is installed or imported has
changed since.

This room knows nothing of courses.
"""
