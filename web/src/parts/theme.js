// The look changes at once, and nothing typed into the page is lost.

import { toast } from './toast.js';

/** @param {HTMLFormElement} form the choice of looks in the header */
export function theme(form) {
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const chosen = e.submitter;
    for (const button of form.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === chosen));
    if (chosen.value) document.documentElement.dataset.theme = chosen.value;
    else delete document.documentElement.dataset.theme;
    try {
      await fetch('/theme', { method: 'POST', body: new URLSearchParams({ theme: chosen.value }), redirect: 'manual' });
    } catch {
      toast('서버에 닿지 못해 이 화면에서만 바뀌었습니다. 네트워크를 확인하고 다시 골라 주세요.', 'alert');
    }
  });
}
