// On every page: what makes the frame handier. All of it works without this
// script too, only with a page more.

import { dialogs } from './parts/dialog.js';
import { idle } from './parts/idle.js';
import { once } from './parts/once.js';
import { paper } from './parts/paper.js';
import { tabs } from './parts/tabs.js';
import { theme } from './parts/theme.js';

theme(document.getElementById('theme'));
dialogs(document);
once(document);
paper(document.getElementById('main'));
idle(document.body);
document.querySelectorAll('[data-tabs]').forEach(tabs);

// A form that came back is read from its first mistake on.
document.querySelector('[aria-invalid="true"]')?.focus();

// What was done is said at the top of the page; where the page opens further
// down, it is said there instead.
const flash = document.getElementById('flash');
const place = flash && document.getElementById(location.hash.slice(1));
if (place?.tagName === 'SECTION') place.prepend(flash);

// A small list closes when one looks elsewhere.
const lists = document.querySelectorAll('.drop-down');
document.addEventListener('click', (e) => lists.forEach((list) => list.contains(e.target) || (list.open = false)));
document.addEventListener('keydown', (e) => {
  if (e.key !== 'Escape') return;
  const list = [...lists].find((l) => l.open);
  if (!list) return;
  list.open = false;
  list.querySelector('summary').focus();
});
