// How an answer is read and marked where there is no kernel: the rules of course.questions, in the browser.
// tests/portal/test_site.py holds the two together.

const EPSILON = 1e-9;
const ROUNDING = 0.002;
const NOT_IT = "That is not it yet. Look again, then change your answer and mark it again.";

export const tidy = (n) => Number(n).toLocaleString("en-GB", { maximumFractionDigits: 4 }).replace(/^-0$/, "0");
const isList = Array.isArray;
const isObject = (v) => v !== null && typeof v === "object" && !isList(v);
const finite = (v) => typeof v === "number" && Number.isFinite(v);
const keys = (pairs) => pairs.map(([key]) => key);
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const plain = (text) => text.replace(/\s+/g, " ").replace(/^[ .,;:!?'"“”‘’]+|[ .,;:!?'"“”‘’]+$/g, "").toLowerCase();

export function isBlank(value) {
  if (value == null) return true;
  if (typeof value === "string") return !value.trim();
  if (isList(value)) return !value.length;
  return isObject(value) && Object.values(value).every((part) => part === null || part === "");
}

const PROBLEMS = {
  number(q, value) {
    if (!finite(value)) return `“${value}” is not a number. Type figures only, such as 12.5.`;
    if (q.low != null && value < q.low - EPSILON) return `${tidy(value)} is below the lowest value possible here, ${tidy(q.low)}.`;
    if (q.high != null && value > q.high + EPSILON) return `${tidy(value)} is above the highest value possible here, ${tidy(q.high)}.`;
    return null;
  },
  choice: (q, value) => (keys(q.items).includes(value) ? null : "Choose one of the options shown."),
  choices: (q, value) => (isList(value) && value.every((v) => keys(q.items).includes(v)) && new Set(value).size === value.length ? null : "Tick only options shown."),
  order: (q, value) => (isList(value) && String([...value].sort()) === String(keys(q.items).sort()) ? null : "Put every item in the order, each once."),
  match(q, value) {
    if (!isObject(value) || Object.keys(value).some((key) => !keys(q.items).includes(key))) return "Choose a match for each item shown.";
    const missing = q.items.find(([key]) => !keys(q.options).includes(value[key]));
    return missing ? `Choose a match for “${missing[1]}”.` : null;
  },
  share(q, value) {
    if (!isObject(value) || String(Object.keys(value).sort()) !== String(keys(q.items).sort())) return "Give every item a number, even if it is 0.";
    for (const [key, text] of q.items) if (!finite(value[key]) || value[key] < 0) return `“${text}” needs a number that is 0 or more.`;
    const given = sum(Object.values(value));
    return Math.abs(given - q.total) > ROUNDING * q.total + EPSILON ? `Your numbers add up to ${tidy(given)}; they must add up to ${tidy(q.total)}.` : null;
  },
  short_text: (q, value) => (typeof value === "string" ? null : "Type your answer in words."),
  long_text: (q, value) => (typeof value === "string" ? null : "Type your answer in words."),
};

/** Say in one sentence why a value cannot be an answer; null if it can, or is blank. */
export const problem = (question, value) => (isBlank(value) ? null : PROBLEMS[question.kind](question, value));

function same(q, value, other, within = 0) {
  if (q.kind === "number") return finite(value) && Math.abs(value - other) <= within + EPSILON;
  if (q.kind === "choices") return String([...value].sort()) === String([...other].sort());
  if (q.kind === "share") return keys(q.items).every((key) => Math.abs(value[key] - other[key]) <= within + EPSILON);
  if (q.kind.endsWith("_text")) return (isList(other) ? other : [other]).some((text) => plain(text) === plain(value));
  if (q.kind === "match") return keys(q.items).every((key) => value[key] === other[key]);
  return String(value) === String(other);
}

function slips(q, value, key) {
  if (q.kind === "choices") return [...value, ...key].filter((v) => value.includes(v) !== key.includes(v)).length;
  if (q.kind === "order") {
    const place = value.map((v) => key.indexOf(v));
    return sum(place.map((a, i) => place.slice(i + 1).filter((b) => a > b).length));
  }
  if (q.kind === "match") {
    const wrong = keys(q.items).filter((k) => value[k] !== key[k]);
    const [one, two] = wrong;
    return wrong.length === 2 && value[one] === key[two] && value[two] === key[one] ? 1 : wrong.length;
  }
  return same(q, value, key) ? 0 : 2;
}

// What is wrong with each part, a line each.
function reasons(q, key, value) {
  const why = key.why ?? {};
  if (q.kind === "order") {
    const right = value.flatMap((v, i) => (v === key.correct[i] ? [i + 1] : []));
    return `${NOT_IT}\nIn the right place: ${right.join(", ") || "none yet"}.`;
  }
  const at = {
    choice: () => [value],
    choices: () => keys(q.items).filter((k) => value.includes(k) !== key.correct.includes(k)),
    match: () => keys(q.items).filter((k) => value[k] !== key.correct[k]),
  }[q.kind]?.() ?? [];
  return at.filter((k) => k in why).map((k) => why[k]).join("\n") || NOT_IT;
}

/** The mark of one value against a key: outcome, points, out_of, message, read. */
export function assess(question, key, value) {
  const result = (outcome, points, message, read = "") => ({ question: question.id, outcome, points, out_of: key.points, message, read });
  if (isBlank(value)) return result("unanswered", 0, "Answer this question, then mark your work again.");
  const malformed = problem(question, value);
  if (malformed) return result("malformed", 0, malformed);
  if (same(question, value, key.correct, key.within)) return result("correct", key.points, key.because);
  const known = key.wrong.find((w) => same(question, value, w.value, key.within));
  if (known) return result(known.points ? "partly" : "incorrect", known.points, known.why, known.read || key.read);
  const said = reasons(question, key, value);
  if (slips(question, value, key.correct) === 1) return result("partly", key.points / 2, `One slip. ${said}`, key.read);
  return result("incorrect", 0, said, key.read);
}
