// The trainer's pages work without this: it shows progress as it is made, and gives marking its keys.

const task = document.querySelector("#task[data-poll]");
async function look() {
  try {
    const now = await (await fetch(location.pathname + task.dataset.poll)).json();
    if (now.state !== "working") return location.reload();
    const say = document.getElementById("task-say");
    if (now.say && say.textContent !== now.say) say.textContent = now.say;
    const bar = document.getElementById("task-bar");
    if (now.of) { bar.max = now.of; bar.value = now.done; } else bar.removeAttribute("value");
  } catch { /* the server may be restarting: look again */ }
  setTimeout(look, 1000);
}
if (task) setTimeout(look, 500);

// Keys act only while a score has the focus, so that nothing is taken from the browser or a screen reader.
const rubric = document.getElementById("rubric");
if (rubric) {
  const sets = [...rubric.querySelectorAll("fieldset")];
  rubric.addEventListener("keydown", (event) => {
    if (event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-3]$/.test(event.key)) {
      const set = event.target.closest("fieldset");
      set.querySelector(`input[value="${event.key}"]`).checked = true;
      const next = sets[sets.indexOf(set) + 1];
      if (next) (next.querySelector("input:checked") || next.querySelector("input")).focus();
      else rubric.querySelector(".sva-button").focus();
      event.preventDefault();
    } else {
      rubric.querySelector(`a[data-key="${event.key.toLowerCase()}"]`)?.click();
    }
  });
  rubric.addEventListener("click", (event) => {
    const comment = event.target.dataset.comment;
    if (!comment) return;
    const box = document.getElementById("comment");
    box.value = [box.value.trim(), comment].filter(Boolean).join(" ");
    box.focus();
  });
  sets[0]?.querySelector("input:checked, input")?.focus();
}
