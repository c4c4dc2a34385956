// Dialogs. A link with data-opens="id" opens <dialog id="id">; without this
// script it leads to the page that asks the same. The browser keeps the focus
// inside and gives it back.

/** @param {Document | Element} root where to look for what opens a dialog */
export function dialogs(root) {
  for (const opener of root.querySelectorAll('[data-opens]')) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog) continue;
    opener.setAttribute('aria-haspopup', 'dialog');
    opener.addEventListener('click', (e) => {
      if (e.metaKey || e.ctrlKey || e.shiftKey) return; // into another window, as links go
      e.preventDefault();
      dialog.showModal();
    });
  }
  for (const dialog of root.querySelectorAll('dialog')) closable(dialog);
}

/** Closes a dialog by its data-closes buttons and by a press beside it. */
export function closable(dialog) {
  dialog.querySelectorAll('[data-closes]').forEach((b) => b.addEventListener('click', () => dialog.close()));
  // Pressed and let go outside: a text marked past the edge does not close it.
  let pressedOutside = false;
  dialog.addEventListener('pointerdown', (e) => (pressedOutside = e.target === dialog));
  dialog.addEventListener('click', (e) => {
    if (pressedOutside && e.target === dialog) dialog.close();
  });
  // A form in it that came back with a mistake is shown again.
  if (dialog.querySelector('[aria-invalid="true"]')) dialog.showModal();
}
