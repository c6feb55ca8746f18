"""Kernels and calls forked from a parent that has done its imports already.

Starting Python and importing pandas and Altair is most of the time of opening an app or marking a
notebook. Here one parent process imports them once, and every kernel is a fork of it. Two layers,
each useful alone:

- `WarmProvisioner` (`course.warm.provisioner`): a kernel provisioner, jupyter_client's own
  extension point, so that nbgrader, nbclient, Voila and JupyterLab use it by a kernel name;
- `WarmParent` and `run_notebook`: run a function, or the cells of a notebook, in a fork with no
  sockets at all, contained (`course.warm.containment`).

This room knows nothing of courses.
"""
