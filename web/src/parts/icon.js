// An icon of static/icons.svg, beside words that say the same.

const svg = 'http://www.w3.org/2000/svg';

/** @param {string} name a symbol of the sprite */
export function icon(name) {
  const made = document.createElementNS(svg, 'svg');
  made.setAttribute('class', 'icon');
  made.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(svg, 'use');
  use.setAttribute('href', `${document.body.dataset.icons}#${name}`);
  made.append(use);
  return made;
}

/** A badge like the template part "badge": {text, icon, tone}. */
export function badge({ text, icon: name, tone = '' }) {
  const made = document.createElement('span');
  made.className = `badge ${tone}`;
  if (name) made.append(icon(name));
  made.append(text);
  return made;
}
