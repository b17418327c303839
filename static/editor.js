// The editor: what is quick with script. Every page works without this file; see templates/editor. It holds no second
// truth: whatever is done here is a command that is sent, and the board is what comes back.
"use strict";

const editor = () => document.getElementById("editor");
const boardForm = () => one(".board-form");
const pieces = "[data-card], [data-lane], [data-phase]";

const idOf = piece => piece.dataset.card ?? piece.dataset.lane ?? piece.dataset.phase;
const handleOf = piece => piece.dataset.card ? one(".name", piece) : one(".dots", piece);

// ---- Commands: sent one after the other, each from the state that the one before led to.

let queue = Promise.resolve(), pending = 0, asked = "", askedOf = "";

const state = () => one(".board-form [name=rev]")?.value ?? "";

function next(act) {
  pending += 1;
  queue = queue.then(act).finally(() => { pending -= 1; });
  return queue;
}

function command(words, fields = {}) {
  kept();
  return next(() => typed ? null : run(words, fields));
}

async function run(words, fields) {
  const form = boardForm();
  if (!form) return;
  asked = words;
  askedOf = state();
  const sent = document.createElement("form");
  sent.action = form.action;
  sent.method = "post";
  for (const [name, value] of [...new FormData(form), ["do", words], ...Object.entries(fields)]) {
    sent.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  await send(sent, null);
}

// What is removed by its menu takes the focus along, unless what comes next is looked at.
document.addEventListener("click", event => {
  const button = event.target.closest("#board [popover] button[value^='remove ']");
  if (!button) return;
  event.preventDefault();
  button.closest("[popover]").hidePopover();
  remove(button.closest(pieces));
});

// ---- Links within the editor: the form opens and closes without the page being left.

document.addEventListener("click", async event => {
  const sheet = event.target.closest("[popover]");
  if (sheet && event.target.closest("a, button")) sheet.hidePopover();
  const link = event.target.closest("a[data-go]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const shuts = link.matches("[data-shut]"), was = one("[data-task-form]")?.dataset.taskForm;
  await kept();
  if (typed) return;
  await goTo(link.href);
  arrive(shuts ? `#e-${was}` : new URL(link.href).hash || "#f-name");
});

// The focus goes to what the address names: a field, or the card or head of an element.
function arrive(hash) {
  const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
  if (!target) return;
  const focused = target.matches(pieces) ? handleOf(target)
    : target.matches("aside, fieldset") ? one("input:not([type=hidden]), textarea, select", target) : target;
  (focused ?? target).focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// ---- Kept as one types: the form is sent after a pause, and only what is around its fields comes back.

const PAUSE = 800, AGAIN = 5000;
// What was typed and is not kept yet; whether that is because it could not be; whether one would not sign in for it.
let typed = null, waiting = 0, stuck = false, declined = false;

document.addEventListener("input", event => {
  const form = event.target.form;
  if (!form?.matches("[data-task-form]")) return;
  typed = form;
  declined = false;
  tellKept("");
  clearTimeout(waiting);
  waiting = setTimeout(kept, PAUSE);
});

function tellKept(text) {
  const place = one("[data-kept]");
  if (place) write(place, text);
}

// Sends what was typed since, if anything was; whoever goes on waits for it.
function kept() {
  clearTimeout(waiting);
  const form = typed;
  typed = null;
  return form?.isConnected ? next(() => keep(form)) : queue;
}

async function keep(form) {
  const { response, next, body } = await post(form, null, { quiet: "true" });
  if (response?.status === 401 && !declined) {
    if (await signInAgain()) return keep(form);
    declined = true;
  }
  stuck = !next || response.status === 401;
  if (stuck) {
    typed ??= form;
    const why = response?.status === 401 ? "Not kept: you are signed out." : "Not kept yet";
    tellKept(why);
    say(why);
    if (!response) trouble("offline");
    // Asked again as one types on.
    else if (response.status === 401) return;
    else if (response.status < 500) return showDialog(await response.text());
    waiting = setTimeout(kept, AGAIN);
    return;
  }
  trouble();
  acknowledge(form, body);
  const page = await fetch(new URL(next, location.href), plain).catch(() => null);
  if (!page) return trouble("offline");
  if (!page.ok) return location.assign(next);
  const was = one("#problems b")?.textContent ?? "";
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  await around(form, fresh);
  const follows = one("#flash div", fresh)?.textContent.trim();
  tellKept(follows ?? "Kept as you type");
  if (follows) say(follows);
  const now = one("#problems b")?.textContent ?? "";
  if (now !== was) say(now ? `${now}.` : "No problems.");
}

// A version is offered of the reader's own clock: yyyy.mmdd.hhmms, the last the ones of the seconds.
document.addEventListener("click", event => {
  const button = event.target.closest("[data-offer-version]");
  if (!button) return;
  event.preventDefault();
  const now = new Date(), two = number => String(number).padStart(2, "0");
  const field = document.getElementById(button.dataset.offerVersion);
  field.value = `${now.getFullYear()}.${two(now.getMonth() + 1)}${two(now.getDate())}.${two(now.getHours())}${two(now.getMinutes())}${now.getSeconds() % 10}`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// What was sent is what the draft holds now: what differs from it is what was typed since.
function acknowledge(form, body) {
  for (const control of form.elements) {
    if (control.matches("[type=checkbox]")) control.defaultChecked = body.getAll(control.name).includes(control.value);
    else if (control.matches("select")) for (const option of control.options) option.defaultSelected = option.value === body.get(control.name);
    else if (control.matches(".input, .textarea") && control.defaultValue !== control.value) control.defaultValue = control.value;
  }
}

// Everything but what is in the fields is taken from the page that came: an answer never overwrites what was typed since.
async function around(form, page) {
  const rev = one("[name=rev]", boardForm()).value, fresh = one(".board-form [name=rev]", page)?.value;
  const left = one("#board").scrollLeft;
  for (const selector of [".head", ".tools", "#editor > div:first-child"]) {
    const here = one(selector), there = one(selector, page);
    if (here && there) await morph(here, there.outerHTML);
  }
  one("#board").scrollLeft = left;
  for (const field of all("[name=rev]")) if (field.value === rev && fresh) field.value = fresh;
  const theirs = one(`#${CSS.escape(form.id)}`, page);
  if (!theirs) return;
  const title = one("#form-title", page);
  if (title) write(one("#form-title"), title.textContent);
  for (const old of all(".error", form)) old.remove();
  for (const control of all("[aria-invalid]", form)) control.removeAttribute("aria-invalid");
  for (const error of all(".error", theirs)) {
    const id = error.id.replace(/-error$/, ""), control = document.getElementById(id);
    if (!control) continue;
    if (!control.matches("fieldset")) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", one(`#${CSS.escape(id)}`, theirs)?.getAttribute("aria-describedby") ?? error.id);
    }
    const hint = document.getElementById(`${id}-hint`), field = control.closest(".field");
    field.insertBefore(document.adoptNode(error), hint && hint.parentElement === field ? hint : null);
  }
  for (const note of all(".people legend", theirs)) {
    const own = document.getElementById(note.parentElement.id);
    if (own) write(one("legend", own), note.textContent);
  }
}

// What was typed is kept before anything else is done, and before the page is left.
document.addEventListener("submit", event => {
  if (event.target.matches("[data-send]")) askedOf = state();
  if (event.target.matches("[data-send]")) asked = event.submitter?.value || one("[name=do]", event.target)?.value || "";
  const submitter = event.submitter, applies = event.target.matches("[data-task-form]");
  if (applies) typed = event.target;
  // What was typed is in the dialog that asks whether it is to stand all the same.
  const again = event.target.closest("dialog") && one("[name=do][value^=set-]", event.target);
  if (again) { typed = null; stuck = false; clearTimeout(waiting); return; }
  if (!typed && !pending || !event.target.matches("[data-send]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (applies) return kept();
  const { target } = event, name = submitter?.name, value = submitter?.value;
  kept().then(() => {
    if (typed) return;
    const button = name ? all("button", target).find(it => it.name === name && it.value === value) : submitter;
    target.requestSubmit(button ?? null);
  });
}, true);

document.addEventListener("click", event => {
  const link = event.target.closest("main a[data-dialog]");
  if (!link || !typed && !pending || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  link.closest("[popover]")?.hidePopover();
  kept().then(() => { if (!typed) openDialog(link); });
}, true);

addEventListener("beforeunload", event => {
  if (typed && stuck) event.preventDefault();
});

addEventListener("pagehide", () => {
  if (!typed) return;
  navigator.sendBeacon(typed.action, new URLSearchParams(new FormData(typed)));
});

// ---- The keyboard on the board: one tab stop, then arrows.

const cards = within => all("[data-card]", within);
const phases = () => all("[data-phase]");

function focused() {
  const active = document.activeElement;
  if (!active || !one("#board")?.contains(active)) return null;
  return active.closest(pieces);
}

function look(piece) {
  if (!piece) return;
  handleOf(piece).focus({ preventScroll: true });
  piece.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(piece, by) {
  const all = phases(), phase = all[all.indexOf(piece.closest("[data-phase]")) + by];
  if (!phase) return null;
  if (!piece.dataset.card) return phase;
  const top = piece.getBoundingClientRect().top;
  const far = card => Math.abs(card.getBoundingClientRect().top - top);
  return cards(phase).sort((one, other) => far(one) - far(other))[0] ?? phase;
}

function along(piece, by) {
  const list = all("[data-phase], [data-lane], [data-card]", piece.closest("[data-phase]").parentElement)
    .filter(it => it.closest("[data-phase]") === piece.closest("[data-phase]"));
  // A group without tasks stands for the card that it has not: there is no other way into it by arrows.
  const same = piece.dataset.card ? list.filter(it => it.dataset.card || it.dataset.lane && !cards(it).length) : list;
  const next = same[same.indexOf(piece) + by];
  return next ?? (by < 0 && piece.dataset.card ? piece.closest("[data-lane]") : null);
}

// Tab enters the board once: of all that is on it, only what belongs to the element that is looked at is on its way.
function rove(piece = focused()) {
  const current = piece ?? one("#board [data-card]") ?? one("#board [data-lane]");
  const near = new Set(current ? [...own(current), ...own(current.closest("[data-lane]")), ...own(current.closest("[data-phase]"))] : []);
  for (const control of all("#board a, #board button")) {
    if (control.closest("[popover]") || control.id === "add-phase") continue;
    if (near.has(control)) control.removeAttribute("tabindex"); else control.tabIndex = -1;
  }
}

const own = piece => piece ? all("a, button", piece).filter(it => it.closest(pieces) === piece && !it.closest("[popover]")) : [];

document.addEventListener("focusin", event => {
  if (one("#board")?.contains(event.target)) rove();
});

const steps = { ArrowUp: "earlier", ArrowDown: "later", ArrowLeft: "previous", ArrowRight: "next" };

document.addEventListener("keydown", event => {
  const { target, key } = event;
  if (!editor() || one("dialog[open]") || one("[popover]:popover-open")) return;
  const inField = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (key === "Escape" && target.closest(".task-form")) {
    event.preventDefault();
    one("[data-shut]")?.click();
    return;
  }
  const board = one("#board");
  if (inField || !board) return;
  const here = focused();
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "z" && board.contains(target)) {
    event.preventDefault();
    const button = document.getElementById(event.shiftKey ? "redo" : "undo");
    if (!button.disabled) again(here, () => command(event.shiftKey ? "redo" : "undo"));
    return;
  }
  if (event.ctrlKey || event.metaKey || !board.contains(target)) return;
  if (!here) {
    if (steps[key] || key === "Home") { event.preventDefault(); look(cards(board)[0] ?? phases()[0]); }
    return;
  }
  if (event.altKey) {
    if (!steps[key]) return;
    event.preventDefault();
    again(here, () => command(`step ${idOf(here)} ${steps[key]}`));
    return;
  }
  const acts = {
    ArrowUp: () => look(along(here, -1)),
    ArrowDown: () => look(along(here, 1)),
    ArrowLeft: () => look(beside(here, -1)),
    ArrowRight: () => look(beside(here, 1)),
    Home: () => look(cards(board)[0]),
    End: () => look(cards(board).at(-1)),
    PageUp: () => look(cards(here.closest("[data-lane]") ?? here)[0]),
    PageDown: () => look(cards(here.closest("[data-lane]") ?? here).at(-1)),
    n: () => addTask(here),
    N: () => addGroup(here.closest("[data-phase]")),
    c: () => command(`copy ${idOf(here)}`).then(() => arrive(location.hash)),
    Delete: () => remove(here),
  };
  if (acts[key]) { event.preventDefault(); event.stopImmediatePropagation(); acts[key](); }
}, true);

// Does something with an element, and looks at it again wherever it is then.
function again(piece, act) {
  const id = piece?.id;
  act().then(() => { if (id) look(document.getElementById(id)); });
}

function remove(piece) {
  const like = piece.dataset.card ? "[data-card]" : piece.dataset.lane ? "[data-lane]" : "[data-phase]";
  const list = all(like), at = list.indexOf(piece);
  const next = (list[at + 1] ?? list[at - 1])?.id;
  command(`remove ${idOf(piece)}`).then(() => {
    const there = next && document.getElementById(next);
    if (there) look(there); else (one("[data-adder]") ?? document.getElementById("add-phase"))?.focus();
  });
}

// What was added is looked at, if it was: a phase has a limit.
function addGroup(phase) {
  const { id } = phase, count = all("[data-lane]", phase).length;
  command(`add-group ${idOf(phase)}`).then(() => {
    const groups = all("[data-lane]", document.getElementById(id));
    if (groups.length > count) look(groups.at(-1));
  });
}

function addTask(piece) {
  const link = one("[data-adder]", piece.closest("[data-lane]") ?? piece);
  if (!link) return;
  const url = new URL(link.href);
  if (piece.dataset.card) url.searchParams.set("after", piece.dataset.card);
  openDialog(Object.assign(document.createElement("a"), { href: url.href }));
}

// ---- Dragging: a line where it will land, and the command of that place when it is let go.

let drag = null;

document.addEventListener("pointerdown", event => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  const piece = grip.closest(pieces);
  const mark = document.createElement("li");
  mark.className = piece.dataset.phase ? "drop phase" : "drop";
  drag = { piece, mark, place: null };
  piece.classList.add("dragged");
  grip.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", event => {
  if (!drag) return;
  const { piece, mark } = drag;
  mark.remove();
  all(".target").forEach(lane => lane.classList.remove("target"));
  const under = document.elementFromPoint(event.clientX, event.clientY);
  drag.place = piece.dataset.card ? overLane(under, event) : piece.dataset.lane ? overPhase(under, event) : overBoard(event);
  const board = one("#board"), edge = board.getBoundingClientRect();
  if (event.clientX > edge.right - 40) board.scrollLeft += 12;
  if (event.clientX < edge.left + 40) board.scrollLeft -= 12;
});

function put(list, before, parent) {
  const items = [...list.children].filter(it => it.matches(pieces) && it !== drag.piece);
  const at = items.findIndex(before), next = items[at];
  const last = (at < 0 ? items : items.slice(0, at)).at(-1);
  list.insertBefore(drag.mark, next ?? items.at(-1)?.nextSibling ?? list.firstChild);
  return `${parent}.${last ? idOf(last) : ""}`;
}

const middle = (piece, side, size) => { const box = piece.getBoundingClientRect(); return box[side] + box[size] / 2; };

function overLane(under, event) {
  const lane = under?.closest("[data-lane]");
  if (!lane) return null;
  lane.classList.add("target");
  const list = one(":scope > ol", lane);
  if (!list) { lane.insertBefore(drag.mark, one("[data-adder]", lane)); return `${idOf(lane)}.`; }
  return put(list, card => event.clientY < middle(card, "top", "height"), idOf(lane));
}

function overPhase(under, event) {
  const phase = under?.closest("[data-phase]");
  if (!phase) return null;
  return put(one(".lanes", phase), lane => event.clientY < middle(lane, "top", "height"), idOf(phase));
}

function overBoard(event) {
  return put(one("#board"), phase => event.clientX < middle(phase, "left", "width"), "");
}

function drop(cancelled) {
  if (!drag) return;
  const { piece, mark, place } = drag;
  drag = null;
  mark.remove();
  piece.classList.remove("dragged");
  all(".target").forEach(lane => lane.classList.remove("target"));
  if (!cancelled && place) again(piece, () => command(`move ${idOf(piece)}`, { to: place }));
}

document.addEventListener("pointerup", () => drop(false));
document.addEventListener("pointercancel", () => drop(true));
document.addEventListener("keydown", event => { if (drag && event.key === "Escape") drop(true); }, true);

// ---- What was done is told, and the form that was asked for has the focus.

const takesBack = words => /^(add|copy|move|remove|step)/.test(words);

function offerUndo(flash) {
  const undo = document.getElementById("undo");
  if (!undo || undo.disabled) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: "Undo" });
  button.addEventListener("click", () => command("undo").then(() => one("#board").focus()));
  flash.append(button);
}

function showChosen() {
  one(".piece.chosen")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

let flashed = "", shown = one("[data-task-form]")?.id;

// The form of another task is another form, whatever its fields are called.
document.addEventListener("htmx:before:swap", event => {
  const here = one("[data-task-form]");
  for (const { fragment } of event.detail.tasks) {
    const there = fragment && one("[data-task-form]", fragment);
    if (here && there && here.id !== there.id) document.getElementById("form").remove();
  }
});

document.addEventListener("htmx:after:swap", () => {
  rove();
  const form = one("[data-task-form]")?.id;
  if (form && form !== shown) {
    document.getElementById("f-name").focus();
    showChosen();
  }
  shown = form;
  const flash = document.getElementById("flash"), text = flash && one("div", flash).textContent.trim();
  if (text && (asked || text !== flashed)) say(text);
  // What could not be moved any further has not been moved.
  if (text && takesBack(asked) && state() !== askedOf) offerUndo(flash);
  flashed = text;
  asked = "";
  // The notice goes by itself; a new one stays as long as the first.
  for (const running of flash?.getAnimations() ?? []) { running.cancel(); running.play(); }
});

rove();
showChosen();
if (location.hash) arrive(location.hash);
