// Keys of every page, and the form token htmx sends. Off while typing, and off for good with localStorage.keys = "off".
(() => {
  "use strict";
  const token = document.querySelector('meta[name="csrf"]');
  document.addEventListener("htmx:configRequest", (event) => {
    if (token) event.detail.headers["X-CSRF"] = token.content;
  });
  // Answers that explain a refusal are shown where the answer would have stood.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  const sections = () => [...document.querySelectorAll("section.part[id]")];
  const show = (section) => {
    if (!section) return;
    section.scrollIntoView();
    const head = section.querySelector("h1, h2");
    if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
  };
  const current = () => sections().filter((s) => s.getBoundingClientRect().top < 120).length - 1;
  const follow = (rel) => { const link = document.querySelector(`a[rel~="${rel}"]`); if (link) link.click(); };
  const markUnknown = (field) => {
    const box = field && field.closest(".f") && field.closest(".f").querySelector("input[data-unknown]");
    if (box) { box.click(); box.focus(); }
    return Boolean(box);
  };
  // Controls of facts in which the letter u would write or choose nothing.
  const takesNoU = (field) =>
    field.matches('[inputmode="decimal"], [type="date"], [type="checkbox"]') ||
    (field.matches("select") && ![...field.options].some((option) => /^\s*u/i.test(option.text)));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("keys") === "off") return;
    if (event.key === "u" && takesNoU(event.target) && markUnknown(event.target)) return event.preventDefault();
    if (event.target.closest("input, select, textarea")) return;
    if (/^[1-9]$/.test(event.key)) show(sections()[Number(event.key) - 1]);
    else if (event.key === "]") show(sections()[current() + 1]);
    else if (event.key === "[") show(sections()[Math.max(0, current() - 1)]);
    else if (event.key === "n") follow("next");
    else if (event.key === "p") follow("prev");
    else if (event.key === "u") markUnknown(document.activeElement);
    else if (event.key === "?") window.location.assign("/help");
  });
})();
