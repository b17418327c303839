// The YAML tab: what is wrong is told as one types, and the text is sent without the page being left. Without this file both come
// with Check and Apply.
"use strict";

const REST = 700;
let resting = 0, leaves = false;

document.addEventListener("input", event => {
  const form = event.target.form;
  if (!form?.matches("[data-yaml]")) return;
  event.target.rows = event.target.value.split("\n").length;
  clearTimeout(resting);
  resting = setTimeout(check, REST, form);
});

async function check(form) {
  const text = form.elements.text.value;
  const { response } = await post(form, null, { check: "true" });
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  // Who has typed on is told of that, a moment later.
  if (form.elements.text.value === text) showFaults(form, page);
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

document.addEventListener("submit", async event => {
  const form = event.target;
  if (!form.matches("[data-yaml]")) return;
  event.preventDefault();
  clearTimeout(resting);
  let { response, next } = await post(form);
  if (response?.status === 401) {
    if (!await signInAgain()) return;
    ({ response, next } = await post(form));
  }
  if (!response) return trouble("offline");
  if (next && response.ok) { leaves = true; return location.assign(next); }
  const html = await response.text();
  const page = new DOMParser().parseFromString(html, "text/html"), rev = one("#yaml-form [name=rev]", page);
  showFaults(form, page);
  // Sent again, it stands against what the draft is by now.
  if (rev) form.elements.rev.value = rev.value;
  if (response.status !== 422 || !one("#faults", form)) failed(html, form);
});

// A text that is not taken yet is nowhere but here.
addEventListener("beforeunload", event => {
  const text = one("[data-yaml] textarea");
  if (text && !leaves && text.value !== text.defaultValue) event.preventDefault();
});
