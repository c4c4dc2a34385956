// Brings maps to life once they come near the window, so that nobody pays for
// a map that is never looked at. A page's script calls awaken(), and again for
// what it has put in later; until then, and where anything fails, the page's
// own drawing stays.

const alive = new Map(); // by element

export function awaken(root = document) {
  layToRest();
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        start(target);
      }
    },
    { rootMargin: '200px' },
  );
  for (const element of root.querySelectorAll('[data-map]')) {
    if (!alive.has(element)) watcher.observe(element);
  }
}

async function start(element) {
  if (alive.has(element)) return;
  alive.set(element, null);
  const { mount } = await import(element.dataset.script);
  alive.set(element, await mount(element));
}

// Maps that the page has thrown away follow no film any more.
function layToRest() {
  for (const [element, map] of alive) {
    if (element.isConnected || !map) continue;
    map.destroy();
    alive.delete(element);
  }
}
