// A form is sent once: a second press while the answer is on its way is not a
// second act.

/** @param {Document} root */
export function once(root) {
  root.addEventListener('submit', (e) => {
    const form = e.target;
    if (form.method !== 'post' || e.defaultPrevented) return;
    if (form.ariaBusy === 'true') {
      e.preventDefault();
      return;
    }
    form.ariaBusy = 'true';
  });
  // Back from the answer, the form may be sent again.
  window.addEventListener('pageshow', () => root.querySelectorAll('form[aria-busy]').forEach((f) => (f.ariaBusy = null)));
}
