// Loads content of other sites when the reader asks for it, and not before. Without this script it is a link.
for (const place of document.querySelectorAll("[data-load]")) {
  const frame = place.querySelector("template").content.querySelector("iframe");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place.dataset.load;
  button.setAttribute("aria-label", `${place.dataset.load} ${frame.title}`);
  button.addEventListener("click", () => {
    const shown = document.importNode(frame, true);
    button.replaceWith(shown);
    shown.focus();
  });
  place.append(button);
}
