// Fields that help while one types: numbers beside the lines of a script, values put where one writes, names judged by their rule
// and found.
// Without this file the lines have no numbers, the list of values is there to be read, and names are judged when they are sent.
"use strict";

// ---- Numbers: one for each line, and they go along with the text.

function number(area) {
  const numbers = one(".numbers", area.parentElement);
  const count = area.value.split("\n").length;
  if (numbers.childElementCount !== count) {
    numbers.replaceChildren(...Array.from({ length: count }, (_, at) => Object.assign(document.createElement("span"), { textContent: at + 1 })));
  }
  numbers.scrollTop = area.scrollTop;
}

const numberAll = () => all(".coding > textarea").forEach(number);

document.addEventListener("input", event => { if (event.target.matches(".coding > textarea")) number(event.target); });
document.addEventListener("scroll", event => { if (event.target.matches?.(".coding > textarea")) number(event.target); }, true);
document.addEventListener("htmx:after:swap", numberAll);
numberAll();

// ---- Names: told while they break their rule, as the server would tell them.

document.addEventListener("input", event => {
  const field = event.target;
  if (!field.matches("[data-rule]")) return;
  const name = field.value.trim(), id = `${field.id}-error`;
  const breaks = name !== "" && !new RegExp(field.dataset.rule).test(name);
  document.getElementById(id)?.remove();
  // The rule stands below already: it is said once.
  const hint = document.getElementById(`${field.id}-hint`);
  if (hint?.textContent.trim() === field.dataset.broken) hint.hidden = breaks;
  if (!breaks) return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  field.after(Object.assign(document.createElement("p"), { className: "error", id, textContent: field.dataset.broken }));
});

// ---- What can be copied: found as one types, where it is more than a list can offer. Without this file it is found when the form
// is sent with a part of a name.

let finding = 0;

document.addEventListener("input", event => {
  if (!event.target.matches("[data-finds]")) return;
  clearTimeout(finding);
  finding = setTimeout(find, 250, event.target);
});

async function find(field) {
  const url = new URL(field.dataset.finds, location.href), text = field.value;
  url.searchParams.set("original", text);
  const response = await fetch(url, plain).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // Who has typed on is answered a moment later.
  if (field.value !== text) return;
  for (const part of [`#${field.list.id}`, `#${field.id}-hint`]) {
    const fresh = one(part, page);
    if (fresh) one(part)?.replaceWith(document.adoptNode(fresh));
  }
}

// ---- Names and values: an empty row more as soon as the last one is written into. Without this file, Apply brings more.

document.addEventListener("input", event => {
  const row = event.target.closest(".pair");
  if (!row || row !== all(".pair", row.parentElement).at(-1) || !event.target.value) return;
  const fresh = one(".pair:not(:has(textarea))", row.parentElement)?.cloneNode(true);
  if (!fresh) return;
  for (const field of all("input", fresh)) field.value = field.defaultValue = "";
  row.after(fresh);
});

// ---- Values: put into the field that the list was opened for, where the cursor was.

const takes = "[data-takes-values]";
let into = null;

document.addEventListener("focusin", event => { if (event.target.matches(takes)) into = event.target; });

function fieldOf(button) {
  const named = document.getElementById(button.dataset.valuesFor);
  if (!named?.matches("fieldset")) return named;
  return named.contains(into) ? into : all(takes, named).find(field => !field.value) ?? one(takes, named);
}

document.addEventListener("click", event => {
  const opener = event.target.closest("[data-values-for]"), chosen = event.target.closest("[data-insert]");
  if (opener) {
    const field = fieldOf(opener);
    // Where nobody has put the cursor yet, the end is meant.
    if (field !== into) field.setSelectionRange(field.value.length, field.value.length);
    into = field;
  }
  if (!chosen || !into?.isConnected) return;
  event.preventDefault();
  chosen.closest("[popover]").hidePopover();
  into.focus();
  into.setRangeText(chosen.dataset.insert, into.selectionStart, into.selectionEnd, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("keydown", event => {
  const sheet = document.getElementById("values");
  if (!sheet) return;
  if (event.ctrlKey && event.code === "Space" && event.target.matches(takes)) {
    event.preventDefault();
    sheet.showPopover();
    one("[data-insert]", sheet)?.focus();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !sheet.contains(event.target)) return;
  event.preventDefault();
  const buttons = all("[data-insert]", sheet);
  (buttons[buttons.indexOf(event.target) + by] ?? event.target).focus();
});
