// Brings maps to life once they come near the window, so that nobody pays for
// a map that is never looked at. A page's script calls awaken(); until then,
// and where anything fails, the page's own drawing stays.

export function awaken(root = document) {
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
  for (const element of root.querySelectorAll('[data-map]')) watcher.observe(element);
}

async function start(element) {
  const { mount } = await import(element.dataset.script);
  await mount(element);
}
