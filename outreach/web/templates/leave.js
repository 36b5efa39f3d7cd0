// S23: leaves a page with help data at once; the sign-in page takes its place in the history.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-leave]")) return;
  event.preventDefault();
  document.documentElement.hidden = true;
  fetch("/sign-out", { method: "POST", keepalive: true }).finally(() => location.replace("/sign-in"));
});
