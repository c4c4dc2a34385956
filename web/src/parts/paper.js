// On paper nothing can be opened: what is folded away in lists is printed open,
// and folded again afterwards. Forms stay folded.

/** @param {HTMLElement} main */
export function paper(main) {
  let opened = [];
  window.addEventListener('beforeprint', () => {
    opened = [...main.querySelectorAll('details:not([open])')].filter((d) => !d.querySelector('form') && !d.matches('.search-fold'));
    for (const folded of opened) folded.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const folded of opened) folded.open = false;
  });
}
