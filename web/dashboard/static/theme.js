// Before the first paint: the theme that was chosen here, or else what the system says.
"use strict";
(() => {
  const CHOICES = ["auto", "dark", "light"];
  const root = document.documentElement;

  function chosen() {
    try {
      return localStorage.getItem("orderflow.theme");
    } catch {
      return null; // Storage may be switched off.
    }
  }

  function apply(choice) {
    root.dataset.theme = CHOICES.includes(choice) ? choice : "auto";
  }

  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const say = () => (button.textContent = `Theme: ${root.dataset.theme}`);
    say();
    button.addEventListener("click", () => {
      apply(CHOICES[(CHOICES.indexOf(root.dataset.theme) + 1) % CHOICES.length]);
      say();
      try {
        localStorage.setItem("orderflow.theme", root.dataset.theme);
      } catch {
        // It lasts as long as the page, then.
      }
    });
  });
})();
