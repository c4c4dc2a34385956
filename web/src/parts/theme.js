// The look changes at once, and nothing typed into the page is lost.

/** @param {HTMLFormElement} form the choice of looks in the header */
export function theme(form) {
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const chosen = e.submitter;
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === chosen));
    if (chosen.value) document.documentElement.dataset.theme = chosen.value;
    else delete document.documentElement.dataset.theme;
    // Kept for the pages to come; where that fails, this page is as asked.
    await fetch('/theme', { method: 'POST', body: new URLSearchParams({ theme: chosen.value }), redirect: 'manual' }).catch(() => {});
  });
}
