// Sections of a page as tabs: <div data-tabs><ul class="tabs"><li><a href="#a">
// …</a></li></ul><section id="a">…</section>…</div>. Without this script the
// links lead to the sections, which stand one below the other.

/** @param {HTMLElement} root */
export function tabs(root) {
  const list = root.querySelector('.tabs');
  const links = [...list.querySelectorAll('a[href^="#"]')];
  const panels = links.map((link) => root.querySelector(link.hash));
  list.setAttribute('role', 'tablist');
  for (const item of list.children) item.setAttribute('role', 'presentation');

  function choose(index, focus) {
    links.forEach((link, i) => {
      link.setAttribute('aria-selected', String(i === index));
      link.tabIndex = i === index ? 0 : -1;
      panels[i].hidden = i !== index;
    });
    if (focus) links[index].focus();
  }

  links.forEach((link, i) => {
    const panel = panels[i];
    link.id ||= `${panel.id}-tab`;
    link.setAttribute('role', 'tab');
    link.setAttribute('aria-controls', panel.id);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', link.id);
    link.addEventListener('click', (e) => {
      e.preventDefault();
      history.replaceState(null, '', link.hash); // reloading stays here
      choose(i, false);
    });
    link.addEventListener('keydown', (e) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      e.preventDefault();
      choose((i + step + links.length) % links.length, true);
    });
  });

  // The tab of the address, of something inside it, or of a mistake.
  const wanted = document.getElementById(location.hash.slice(1)) ?? root.querySelector('[aria-invalid="true"]');
  choose(Math.max(0, panels.findIndex((p) => p.contains(wanted))), false);
}
