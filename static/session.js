// Signed out meanwhile: one signs in over the page, which stays as it is with all that was typed. Without this file the next
// page asks for it.
"use strict";

const gate = document.getElementById("sign-in");
let signingIn = null;

// Whether the reader is signed in again. Whoever asks while the question stands waits for the same answer.
function signInAgain() {
  signingIn ??= askToSignIn().finally(() => { signingIn = null; });
  return signingIn;
}

async function askToSignIn() {
  const response = await fetch(gate.dataset.login, plain).catch(() => null);
  if (!response) { trouble("offline"); return false; }
  // They did so in another tab.
  if (response.redirected) return true;
  if (!showGate(await response.text())) return false;
  gate.returnValue = "";
  gate.showModal();
  one("input:not([type=hidden])", gate).focus();
  return new Promise(resolve => gate.addEventListener("close", () => {
    one("[data-gate]", gate).replaceChildren();
    resolve(gate.returnValue === "in");
  }, { once: true }));
}

// The form of the sign-in page. The page at hand may have elements of the same names.
function showGate(html) {
  const form = one("main form", new DOMParser().parseFromString(html, "text/html"));
  if (!form) return false;
  for (const element of all("[id]", form)) element.id = `gate-${element.id}`;
  for (const label of all("label[for]", form)) label.htmlFor = `gate-${label.htmlFor}`;
  for (const told of all("[aria-describedby]", form)) told.setAttribute("aria-describedby", `gate-${told.getAttribute("aria-describedby")}`);
  one("[data-gate]", gate).replaceChildren(document.adoptNode(form));
  return true;
}

gate.addEventListener("submit", async event => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  const response = await fetch(event.target.action, {
    method: "POST", body: new URLSearchParams(new FormData(event.target)), credentials: "same-origin", headers: { Accept: "text/html" },
  }).catch(() => null);
  if (!response) return trouble("offline");
  trouble();
  if (response.redirected) return gate.close("in");
  if (showGate(await response.text())) one("#gate-password", gate)?.focus();
});

// What was not sent because nobody was signed in. A draft takes it now. What starts or decides something is looked at
// again first, with all that was typed and chosen; whether it is still the newest the server says when it is sent.
async function resume(form, submitter) {
  if (new URL(form.action).pathname.includes("/drafts/")) return send(form, submitter);
  failed('<div class="notice is-wait"><div>You are signed in again. Nothing was sent: look at it, then send it.</div></div>', form);
}
