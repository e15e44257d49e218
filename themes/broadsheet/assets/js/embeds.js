// What is elsewhere is loaded here when the reader asks for it, and not before. Without this script it is a link.
for (const place of document.querySelectorAll("[data-load]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place.dataset.load;
  button.addEventListener("click", () => {
    const frame = place.querySelector("template").content.cloneNode(true).firstElementChild;
    button.replaceWith(frame);
    frame.focus();
  });
  place.append(button);
}
