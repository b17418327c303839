// The side bar: its reader narrows it, the browser remembers that, and the server sends the next page so.
// Opened over the page it is a popover, which needs no script.
"use strict";

document.addEventListener("click", event => {
  const button = event.target.closest("[data-narrows]");
  if (!button) return;
  const narrow = root.dataset.side !== "narrow", cookie = button.dataset.narrows;
  root.dataset.side = narrow ? "narrow" : "open";
  button.title = narrow ? "Expand" : "Collapse";
  write(one(".word", button), button.title);
  // A browser takes a cookie whose name begins with __Host- or __Secure- only when it is secure.
  const secure = cookie.startsWith("__") ? "; Secure" : "", path = button.dataset.home.replace(/(.)\/$/, "$1");
  document.cookie = `${cookie}=${root.dataset.side}; Path=${path}; Max-Age=31536000; SameSite=Lax${secure}`;
});
