// The YAML tab: the text is sent as one types, to be kept and to be told what is wrong, and applied without the page being left.
// Without this file all of it comes with Check and Apply.
"use strict";

const REST = 700;
const isHere = page => one("[data-state]", page)?.dataset.state === "unkept";
// What the draft has of the text. Texts are sent one after the other, each from the state that the one before led to.
let kept = isHere(document) ? null : one("[data-yaml] textarea")?.defaultValue, resting = 0, queue = Promise.resolve();

function next(act) {
  queue = queue.then(act).catch(() => trouble("offline"));
  return queue;
}

document.addEventListener("input", event => {
  const form = event.target.form;
  if (!form?.matches("[data-yaml]")) return;
  event.target.rows = event.target.value.split("\n").length;
  clearTimeout(resting);
  resting = setTimeout(() => next(() => check(form)), REST);
});

async function check(form) {
  const { response, body } = await post(form, null, { check: "true" });
  if (response?.ok || response?.status === 409) await take(form, response, body.get("text"));
}

// What the answer says of a text that was sent: the state of the draft, whether it has the text, and what is wrong in it.
async function take(form, response, text) {
  const html = await response.text(), page = new DOMParser().parseFromString(html, "text/html");
  const fresh = one("#yaml-form [name=rev]", page)?.value, state = one("[data-state]", page);
  const isRefused = response.status === 409 || response.status === 422 && !one("#faults h2", page);
  if (fresh) for (const rev of all("[name=rev]")) rev.value = fresh;
  if (state) {
    one("[data-state]").replaceWith(document.adoptNode(state));
    one("#saved").replaceWith(document.adoptNode(one("#saved", page)));
    tellTimes();
    if (!isHere(document)) kept = text;
  }
  // Who has typed on is told of that, a moment later.
  if (form.elements.text.value === text) showFaults(form, page);
  if (isRefused) failed(html, form);
}

function showFaults(form, page) {
  const theirs = one("#yaml-form", page), was = one("#faults h2", form)?.textContent ?? "";
  if (!theirs) return;
  form.className = theirs.className;
  one(".yaml ol", form).replaceWith(document.adoptNode(one(".yaml ol", theirs)));
  one("#faults", form)?.remove();
  const faults = one("#faults", theirs);
  if (faults) form.append(document.adoptNode(faults));
  const text = form.elements.text;
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = theirs.elements.text.getAttribute(name);
    if (value === null) text.removeAttribute(name); else text.setAttribute(name, value);
  }
  const now = one("#faults h2", form)?.textContent ?? "";
  if (now !== was) say(now || "Nothing is wrong.");
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (!form.matches("[data-yaml]")) return;
  event.preventDefault();
  clearTimeout(resting);
  next(() => apply(form));
});

async function apply(form) {
  let sent = await post(form);
  if (sent.response?.status === 401) {
    if (!await signInAgain()) return;
    sent = await post(form);
  }
  const { response, next: leads, body } = sent;
  if (!response) return trouble("offline");
  if (leads && response.ok) { kept = form.elements.text.value; return location.assign(leads); }
  if ([409, 422].includes(response.status)) return take(form, response, body.get("text"));
  failed(await response.text(), form);
}

// A text that the draft does not have is nowhere but here.
addEventListener("beforeunload", event => {
  const text = one("[data-yaml] textarea");
  if (text && text.value !== kept) event.preventDefault();
});
