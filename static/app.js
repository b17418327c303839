// What the pages do beyond links and forms. Every page works without this file; see templates/.
"use strict";

const root = document.documentElement;
root.classList.add("scripted");
const dialog = document.getElementById("dialog");
const keys = document.getElementById("keys");
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// ---- Times: all of a page in the reader's zone, which its foot names; relative for a day, exact on hover, with the day
// wherever it is not today. src/pages/components/times.rs says it the same way in UTC.

const format = options => {
  const made = new Intl.DateTimeFormat(undefined, options);
  return moment => made.format(moment);
};
const exact = format({ dateStyle: "long", timeStyle: "long" });
const day = format({ dateStyle: "medium" });
const dayOfYear = format({ day: "numeric", month: "short" });
const minutes = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const offset = moment => new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts(moment)
  .find(part => part.type === "timeZoneName").value;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isToday = moment => new Date().toDateString() === moment.toDateString();

// Where clocks change that day, a time of day may come twice: then it is said which one is meant.
function which(moment) {
  const begins = new Date(moment), ends = new Date(moment);
  begins.setHours(0, 0, 0, 0);
  ends.setHours(24, 0, 0, 0);
  return begins.getTimezoneOffset() === ends.getTimezoneOffset() ? "" : ` ${offset(moment)}`;
}

// A moment, in one form everywhere: in a sentence and in a list by minutes, beside a line of a log by seconds.
const onDay = moment => (moment.getFullYear() === new Date().getFullYear() ? dayOfYear : day)(moment);
const at = (moment, time) => `${isToday(moment) ? "" : `${onDay(moment)}, `}${time(moment)}${which(moment)}`;
const inSentence = moment => at(moment, minutes);
const onClock = moment => at(moment, seconds);

function told(moment) {
  const away = (Date.now() - moment) / 1000, seconds = Math.abs(away);
  if (seconds < 45) return away < -5 ? "in a moment" : "just now";
  if (seconds >= 86400) return inSentence(moment);
  const amount = seconds < 3570 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  return away > 0 ? `${amount} ago` : `in ${amount}`;
}

function lasted(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h ${Math.floor(whole % 3600 / 60)}m`;
  return `${Math.floor(whole / 86400)}d ${Math.floor(whole % 86400 / 3600)}h`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tellTimes(within = document) {
  for (const element of all("time[data-when]", within)) {
    const moment = new Date(element.dateTime);
    write(element, told(moment));
    element.title = exact(moment);
  }
  tellMoments(within);
  // What was told stays true until the day is over.
  const today = new Date().toDateString();
  for (const element of all("time[data-clock], time[data-moment]", within)) {
    if (element.dataset.told === today) continue;
    element.dataset.told = today;
    const moment = new Date(element.dateTime);
    write(element, "clock" in element.dataset ? onClock(moment) : inSentence(moment));
    element.title = exact(moment);
  }
  for (const field of all("input[data-own-zone]", within)) field.value = zone;
  for (const element of all("[data-zone]", within)) write(element, `${zone} (${offset(new Date())})`);
  count(within);
}

// A sentence of the server names moments in UTC: "22 Nov 2026, 14:03 UTC". What was typed or written by a script is left alone.
const SAID = /(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}), (\d\d:\d\d(?::\d\d)?) UTC/;

function tellMoments(within) {
  const root = within === document ? document.body : within;
  const left = "script, style, time, pre, code, textarea, .log, .line, .quote, .mono";
  const { FILTER_ACCEPT, FILTER_REJECT, FILTER_SKIP } = NodeFilter;
  const accepts = node => {
    if (node instanceof Element) return node.matches(left) ? FILTER_REJECT : FILTER_SKIP;
    return SAID.test(node.data) ? FILTER_ACCEPT : FILTER_SKIP;
  };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accepts), found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) {
    const [, said, clock] = SAID.exec(text.data), moment = new Date(`${said} ${clock} UTC`);
    const after = text.splitText(SAID.exec(text.data).index), time = document.createElement("time");
    time.dateTime = moment.toISOString();
    time.dataset.moment = "";
    after.data = after.data.replace(SAID, "");
    after.before(time);
    if (SAID.test(after.data)) tellMoments(after.parentElement);
  }
}

function count(within = document) {
  for (const element of all("[data-since]", within)) {
    const seconds = (Date.now() - new Date(element.dataset.since)) / 1000;
    if (seconds >= 1) write(element, lasted(seconds));
  }
}

setInterval(count, 1000);
setInterval(tellTimes, 30000);

// ---- Going on: a page is fetched and morphed into the one at hand, so that focus, scroll and open menus stay.

const plain = { credentials: "same-origin", headers: { Accept: "text/html" } };

async function goTo(url, fetched = null) {
  const target = new URL(url, location.href);
  if (target.pathname !== location.pathname) return location.assign(target.href);
  const response = fetched ?? await fetch(target, plain).catch(() => null);
  if (!response) return trouble("offline");
  if (!response.ok || new URL(response.url).pathname !== target.pathname) return location.assign(target.href);
  history.replaceState(null, "", target);
  const text = await response.text();
  // Most of a page is in its main part: it is read once, and what is around it only where it is another.
  const begin = text.indexOf("<main"), end = text.indexOf("</main>") + 7;
  const around = new DOMParser().parseFromString(text.slice(0, begin) + text.slice(end), "text/html");
  await morph(one("main"), text.slice(begin, end));
  for (const part of ["#approvals-count", "#side-approvals"]) {
    const here = one(part), there = one(part, around);
    if (here && there && here.outerHTML !== there.outerHTML) await morph(here, there.outerHTML);
  }
}

const morph = (here, text) => htmx.swap({ text, sourceElement: here, target: here, swap: "outerMorph", request: {} });

// ---- The dialog: any page behind a link with data-dialog, shown without leaving the one at hand.

async function openDialog(link) {
  const response = await fetch(link.href, { ...plain, headers: { ...plain.headers, "HX-Request": "true" } }).catch(() => null);
  if (!response) return trouble("offline");
  if (response.status >= 500) return failed(await response.text());
  if (response.status === 401) return await signInAgain() ? openDialog(link) : undefined;
  if (response.redirected) return location.assign(link.href);
  showDialog(await response.text(), link);
}

let opener = null;

const dialogIn = html => {
  const page = new DOMParser().parseFromString(html, "text/html");
  return one(".dialog", page) ?? one(".wrong", page);
};

// What is looked at first: what is wrong, where one was, what is to be filled in, the button.
function focusFirst(within, focused = "") {
  const first = one("[aria-invalid=true]", within) ?? (focused ? document.getElementById(focused) : null)
    ?? one("textarea, input:not([type=hidden]):not([type=checkbox])", within) ?? one("[data-first]", within) ?? one("footer .btn", within);
  first?.focus();
}

// A form that is a page of its own has its answer in its place; over it there would be the same form twice.
function showAnswer(html, form) {
  const place = dialog.contains(form) ? null : form.closest(".dialog-page"), part = place && dialogIn(html);
  if (!part) return showDialog(html);
  const focused = document.activeElement.id;
  place.replaceChildren(document.adoptNode(part));
  startTree(place);
  tellTimes(place);
  scrollTo(0, 0);
  focusFirst(place, focused);
}

function showDialog(html, from = null) {
  const part = dialogIn(html);
  if (!part) return location.reload();
  const focused = dialog.open ? document.activeElement.id : "";
  dialog.replaceChildren(document.adoptNode(part));
  const title = one("h1", dialog);
  if (title) { title.id = "dialog-title"; dialog.setAttribute("aria-labelledby", "dialog-title"); }
  if (from) opener = { element: from, url: from.href };
  if (!dialog.open) dialog.showModal();
  startTree(dialog);
  tellTimes(dialog);
  focusFirst(dialog, focused);
}

dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  const back = opener?.element.isConnected ? opener.element : opener && one(`a[href="${CSS.escape(opener.url)}"]`);
  (back ?? one("main")).focus();
  opener = null;
});

// A click on the ground beside a dialog closes it, unless something was typed.
dialog.addEventListener("click", event => {
  if (event.target === dialog && !one("textarea", dialog)?.value) dialog.close();
});

// ---- Sending a form without leaving the page. A refusal is shown in the dialog, with what was typed; what could not be
// done is told beside the form, which stays as it is, to be sent again.

function failed(html, form = null) {
  const notice = one(".notice", new DOMParser().parseFromString(html, "text/html"));
  if (!notice) return trouble("offline");
  all("[data-failed]").forEach(old => old.remove());
  notice.dataset.failed = "";
  notice.setAttribute("role", "alert");
  (form && one(".body", form) || one("main")).prepend(document.adoptNode(notice));
  notice.scrollIntoView({ block: "nearest" });
}

// What every script here sends: a form, by the button that was pressed, with more fields. No response means that the server could
// not be reached; next is where it leads to.
async function post(form, submitter = null, more = {}) {
  const body = new URLSearchParams(new FormData(form, submitter));
  for (const [name, value] of Object.entries(more)) body.append(name, value);
  const response = await fetch(form.action, {
    method: "POST", body, credentials: "same-origin", headers: { Accept: "text/html", "HX-Request": "true" },
  }).catch(() => null);
  const next = response?.headers.get("HX-Redirect") ?? (response?.redirected ? response.url : null);
  return { response, next, body };
}

async function send(form, submitter) {
  const buttons = all("button", form);
  let signedOut = false;
  buttons.forEach(button => button.setAttribute("aria-busy", "true"));
  try {
    const { response, next } = await post(form, submitter);
    if (!response) {
      trouble("offline");
    } else if (response.status === 401) {
      signedOut = true;
    } else if (next) {
      if (dialog.open) dialog.close();
      await goTo(next, response.redirected ? response : null);
    } else if (response.ok && submitter?.matches("[data-stays]")) {
      // It was only asked something: the form comes back with the answer.
      showAnswer(await response.text(), form);
    } else if (response.ok) {
      if (dialog.open) dialog.close();
      const text = await response.text();
      // An answer that is a page is shown: what is in it, such as a new key, is told once.
      if (one("main", new DOMParser().parseFromString(text, "text/html"))) {
        const target = one("main");
        await htmx.swap({ text, sourceElement: target, target, select: "main", swap: "outerMorph", request: {} });
        scrollTo(0, 0);
      } else await goTo(location.href);
    } else if (response.status >= 500) {
      failed(await response.text(), form);
    } else {
      showAnswer(await response.text(), form);
    }
  } catch {
    trouble("offline");
  } finally {
    buttons.forEach(button => button.removeAttribute("aria-busy"));
  }
  if (signedOut && await signInAgain()) await resume(form, submitter);
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (form.matches("[data-send]")) {
    event.preventDefault();
    if (!one("[aria-busy]", form)) send(form, event.submitter);
  } else if (form.matches("[data-filter]")) {
    event.preventDefault();
    filter(form);
  }
});

// ---- Filters: the table follows as one types; the URL stays a bookmark.

let typing;

function filter(form) {
  clearTimeout(typing);
  const url = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, value);
  goTo(url);
}

document.addEventListener("change", event => {
  const form = event.target.form;
  if (form?.matches("[data-filter]") && event.target.matches("select")) filter(form);
});

document.addEventListener("input", event => {
  const { target } = event;
  if (target.form?.matches("[data-filter]") && target.type === "search") {
    clearTimeout(typing);
    typing = setTimeout(filter, 250, target.form);
  }
});

// ---- Clicks.

document.addEventListener("click", event => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const on = selector => event.target.closest(selector);
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (on("details.menu .sheet a, details.menu .sheet button")) on("details.menu").open = false;
  if (on("a[data-dialog]")) { event.preventDefault(); openDialog(on("a[data-dialog]")); }
  else if (on("dialog [data-close]")) { event.preventDefault(); dialog.close(); }
  else if (on("dialog [data-reload]")) { event.preventDefault(); dialog.close(); goTo(location.href); }
  else if (on("[data-keys]")) keys.showModal();
  else if (on("[data-copy]")) copy(on("[data-copy]"));
  else if (on("[data-pick]")) pickAll(on("[data-pick]"));
  else if (on(".log a.n")) { event.preventDefault(); mark(on(".log a.n").parentElement); }
});

async function copy(button) {
  await navigator.clipboard.writeText(one(button.dataset.copy).textContent);
  const label = button.textContent;
  write(button, "Copied");
  say("Copied");
  setTimeout(write, 1500, button, label);
}

// ---- The tree of Execute: all, none, and by phase.

const boxes = within => all("input[name=task]", within);

function startTree(within) {
  if (one("[data-pick-all]", within)) showTree(one("[data-pick-all]", within).closest("form"));
}

function showTree(form) {
  for (const phase of all("[data-phase]", form)) {
    const chosen = boxes(phase).filter(box => box.checked).length, box = one("[data-pick-phase]", phase);
    box.checked = chosen > 0;
    box.indeterminate = chosen > 0 && chosen < boxes(phase).length;
  }
  const skipped = one("[data-skipped]", form), names = boxes(form).filter(box => !box.checked).map(box => box.value);
  if (skipped) write(skipped, names.length ? `Will be skipped: ${names.join(", ")}.` : "Nothing is skipped.");
  write(one("[data-picked]", form), `${boxes(form).filter(box => box.checked).length} of ${boxes(form).length} ${boxes(form).length === 1 ? "task" : "tasks"}`);
}

function pickAll(button) {
  const form = button.closest("form");
  for (const box of boxes(form)) box.checked = button.dataset.pick === "all";
  showTree(form);
}

document.addEventListener("change", event => {
  const form = event.target.form;
  if (!form || !one("[data-pick-all]", form)) return;
  const phase = event.target.matches("[data-pick-phase]") && event.target.closest("[data-phase]");
  if (phase) for (const box of boxes(phase)) box.checked = event.target.checked;
  showTree(form);
});

// ---- The list: which release tasks are chosen. A refresh keeps the boxes as they are.

const chosen = () => all("input[name=chosen]");

function showChosen() {
  const every = one("[data-choose-all]"), count = chosen().filter(box => box.checked).length;
  if (!every) return;
  every.checked = count > 0;
  every.indeterminate = count > 0 && count < chosen().length;
  write(one("[data-bulk-count]"), count ? `With ${count} chosen:` : "With those chosen:");
  for (const button of all("#bulk button")) button.disabled = !count;
}

document.addEventListener("change", event => {
  if (event.target.matches("[data-choose-all]")) for (const box of chosen()) box.checked = event.target.checked;
  if (event.target.matches("[data-choose-all], [name=chosen]")) showChosen();
});

// ---- The log: follow, wrap, a marked line. A search is a filter.

const log = () => document.getElementById("lines");
const following = () => one("[data-log-follow]")?.checked;

function follow() {
  const lines = log();
  if (lines && following()) lines.scrollTop = lines.scrollHeight;
}

document.addEventListener("change", event => {
  if (event.target.matches("[data-log-wrap]")) log().classList.toggle("wrap", event.target.checked);
  if (event.target.matches("[data-log-follow]")) follow();
});

// A page that is left open shows a log as it grows: what nobody looks at any more leaves the page, and is a link away.
const MOST_LINES = 5000;

function trimLog() {
  const lines = log();
  if (!lines || !following() || lines.childElementCount <= MOST_LINES) return;
  for (let surplus = lines.childElementCount - MOST_LINES; surplus > 0; surplus -= 1) lines.firstElementChild.remove();
  const first = lines.firstElementChild, box = document.getElementById("log-earlier");
  const link = one("a", box) ?? box.appendChild(Object.assign(document.createElement("a"), { className: "btn small quiet" }));
  link.href = `${box.dataset.before}${first.dataset.line}#log`;
  link.textContent = `Show the ${Number(first.dataset.line) - 1} lines before these`;
}

// Who scrolls up reads: the log stops running away, and follows again at its end.
document.addEventListener("scroll", event => {
  const lines = event.target;
  if (lines.id !== "lines" || !one("#log-more[hx-get]")) return;
  one("[data-log-follow]").checked = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
}, true);

// The address names the attempt and the line, as it would without script; the page and its lines stay as they are.
function mark(line) {
  const link = new URL(one("a.n", line).href);
  for (const old of all(".l.hit", log())) old.classList.remove("hit");
  history.replaceState(null, "", link.search);
  location.hash = link.hash;
  show(line);
}

function show(line) {
  one("[data-log-follow]").checked = false;
  line.scrollIntoView({ block: "nearest" });
}

// An address may have the line behind the # alone: one that is not on the page is asked for, with its attempt.
function showLinked() {
  const number = /^#L(\d+)$/.exec(location.hash)?.[1], box = document.getElementById("log");
  if (!number || !box) return;
  const line = document.getElementById(`L${number}`), url = new URL(location.href);
  if (line) return show(line);
  if (url.searchParams.get("line") === number) return;
  url.searchParams.delete("before");
  url.searchParams.delete("find");
  url.searchParams.set("attempt", box.dataset.attempt);
  url.searchParams.set("line", number);
  location.replace(url);
}

addEventListener("hashchange", showLinked);

// ---- Live parts: htmx polls; here is what it must not disturb, and what it must tell.

const live = document.getElementById("said");
let lastSaid = one("[data-announce]")?.dataset.announce;

function say(text) {
  write(live, text);
}

// What was just done is told until what it was done to changes; a page that comes with it says how that stands.
function dropFlash(now) {
  const flash = document.getElementById("flash");
  if (!flash || now === undefined) return;
  flash.dataset.during ??= now;
  if (flash.dataset.during !== now) flash.remove();
}

// The title of the tab counts what waits for the reader, as the top bar does.
function countInTitle() {
  const waiting = one("#approvals-count .count")?.firstChild?.textContent.trim();
  const title = document.title.replace(/^\(\d+\) /, ""), counted = waiting ? `(${waiting}) ${title}` : title;
  if (document.title !== counted) document.title = counted;
}

function settled() {
  tellTimes();
  countInTitle();
  showChosen();
  trimLog();
  follow();
  const now = one("[data-announce]")?.dataset.announce;
  if (now && now !== lastSaid) say(now);
  lastSaid = now;
  dropFlash(now);
}

// Which of the two is away: "offline" the server, "away" its database.
function trouble(what = null) {
  for (const which of ["offline", "away"]) document.getElementById(which).hidden = which !== what;
}

document.addEventListener("htmx:before:request", event => {
  // Nobody looks at a hidden page; it catches up when it is shown.
  if (document.hidden) event.preventDefault();
  // Who reads far up in a log that grows and grows is not buried under what comes.
  if (event.target.id === "log-more" && !following() && log().childElementCount > 4 * MOST_LINES) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) { tellTimes(); all("[hx-trigger^=every]").forEach(part => htmx.trigger(part, "every")); }
});

const isTyped = () => all("textarea, .input").some(field => field.value !== field.defaultValue);

document.addEventListener("htmx:before:response", event => {
  const { raw } = event.detail.ctx.response;
  // A refresh that was sent elsewhere, such as to the sign-in page, takes the whole page there.
  // Who is in the middle of something stays there, and is asked when it is sent.
  if (raw.status === 401 && (one("dialog[open], #editor") || isTyped())) { event.preventDefault(); return; }
  if (raw.redirected) { event.preventDefault(); location.assign(location.href); return; }
  trouble(raw.status === 503 ? "away" : raw.status > 500 ? "offline" : null);
});

document.addEventListener("htmx:error", event => {
  if (event.detail.ctx && !event.detail.ctx.response) trouble("offline");
});

// A table that refreshes under the pointer or the focus keeps its rows where they are; only their content changes.
document.addEventListener("htmx:before:swap", event => {
  for (const { target, fragment } of event.detail.tasks) {
    const old = target instanceof Element && one("[data-steady]", target);
    const fresh = old && one("[data-steady]", fragment);
    if (!fresh || !old.matches(":hover, :focus-within")) continue;
    const byId = new Map([...fresh.children].map(row => [row.id, row]));
    fresh.replaceChildren(...[...old.children].map(row => byId.get(row.id) ?? row.cloneNode(true)));
  }
});

document.addEventListener("htmx:after:swap", settled);

// ---- The keyboard: / search, ? the list of keys, j and k in lists, a the checkpoint that waits longest, Escape.

function step(by) {
  const rows = all("[data-row]").filter(row => row.offsetParent), at = rows.findIndex(row => row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  one("a, button", next ?? document.createElement("i"))?.focus();
}

// Of the checkpoints on the page that wait for the reader, the one that waits longest.
const waitsLongest = () => all("[data-approve]").sort((one, other) => one.dataset.approve - other.dataset.approve)[0];

document.addEventListener("keydown", event => {
  const { target, key } = event;
  if (key === "Escape") {
    const menu = one("details.menu[open]");
    if (menu) { menu.open = false; one("summary", menu).focus(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  if (target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const acts = {
    "/": () => one("[data-search]")?.focus(),
    "?": () => keys.showModal(),
    j: () => step(1),
    k: () => step(-1),
    a: () => (waitsLongest() ?? one("#my-approvals"))?.click(),
  };
  if (acts[key]) { event.preventDefault(); acts[key](); }
});

// ---- Signing in: a browser sends no server what stands behind the # of an address, so that only here it can go along.

function keepFragment() {
  const form = one(".gate form[action$='/login']");
  if (!form || !location.hash) return;
  const next = one("input[name=next]", form)
    ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "next", value: "/" }));
  if (!next.value.includes("#")) next.value += location.hash;
}

// ---- At the start.

keepFragment();

tellTimes();
startTree(document);
showChosen();
follow();
showLinked();
dropFlash(lastSaid);
one(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
// The view opens where the release is: beside each other phases scroll in their row, on a phone with the page.
const livePhase = one(".phase.live");
if (livePhase) {
  // Where something failed, at the very card: it says why, and what says so above may be far away.
  const failed = livePhase.querySelector(".card.is-bad"), aim = failed ?? livePhase;
  const row = livePhase.parentElement, isRow = row.scrollWidth > row.clientWidth;
  if (isRow) row.scrollLeft = livePhase.offsetLeft - row.offsetLeft - 40;
  const isColumn = getComputedStyle(row).flexDirection === "column";
  if (isColumn && !scrollY && !location.hash && aim.getBoundingClientRect().top > innerHeight) {
    aim.scrollIntoView({ block: failed ? "center" : "start" });
  }
}
