// The library's search as you type: the same rules as course.exemplars.search, on what the page already holds.
// Without this script the form's button does it on the server.

const form = document.getElementById("find");
const count = document.getElementById("find-count");
const cards = [...document.getElementById("find-cards").children];
const names = ["text", "sector", "place", "theme", "evidence"];

const fits = (card, wanted) =>
  wanted.text.toLowerCase().split(/\s+/).every((word) => card.dataset.words.includes(word)) &&
  (!wanted.sector || card.dataset.sector === wanted.sector) &&
  (!wanted.theme || card.dataset.theme === wanted.theme) &&
  card.dataset.place.includes(wanted.place.toLowerCase()) &&
  Number(card.dataset.level) >= Number(wanted.evidence);

const said = (found) =>
  found === cards.length ? `All ${found} cards.` : found ? `${found} of ${cards.length} cards.` : "No card fits all of this. Leave one thing open.";

function find() {
  const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
  for (const card of cards) card.hidden = !fits(card, wanted);
  const words = said(cards.filter((card) => !card.hidden).length);
  if (count.textContent !== words) count.textContent = words; // a screen reader hears a change, not a repetition
  const asked = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  if (location.protocol !== "file:") history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}${location.hash}`); // a page from a stick may not
}

form.addEventListener("input", find);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
document.getElementById("find-clear").addEventListener("click", (event) => {
  event.preventDefault();
  for (const name of names) form.elements[name].value = "";
  find();
  form.elements.text.focus();
});
document.getElementById("find-go").hidden = true;

for (const [name, value] of new URLSearchParams(location.search)) {
  const field = names.includes(name) && form.elements[name];
  if (field && (field.tagName === "INPUT" || [...field.options].some((option) => option.value === value))) field.value = value;
}
find();
