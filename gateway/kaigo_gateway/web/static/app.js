/* kaigo-gateway: follows a Setup live. Events come by SSE; after three seconds of silence (office antivirus
   holds streams back) the page asks each second instead. Everything works without this file too. */
(() => {
  "use strict";
  const SILENCE = 3000;

  document.getElementById("go-on")?.click();

  const live = document.querySelector("[data-live]");
  if (live) follow(live);

  function follow(root) {
    const busy = new Set(["running", "ready"]);
    let etag = "", asking = false, again = false, heard = Date.now(), streamed = false;

    const state = () => root.querySelector("[data-state]")?.dataset.state;

    async function refresh() {
      if (asking) { again = true; return; }
      asking = true;
      try {
        const answer = await fetch(root.dataset.fragment, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
        if (answer.status === 401) { location.reload(); return; }
        if (answer.ok) {
          etag = answer.headers.get("ETag") || "";
          merge(root, new DOMParser().parseFromString(await answer.text(), "text/html").body);
        }
        root.removeAttribute("data-lost");
      } catch { root.dataset.lost = ""; } finally {
        asking = false;
        if (again) { again = false; refresh(); }
      }
    }

    const stream = new EventSource(root.dataset.events);
    const hear = (event) => {
      heard = Date.now(); streamed = true;
      root.dataset.by = "stream";
      if (event.type !== "open") refresh();
    };
    for (const kind of ["record", "progress", "state"]) stream.addEventListener(kind, hear);
    addEventListener("pagehide", () => stream.close());

    setInterval(() => {
      const quiet = Date.now() - heard > SILENCE;
      if (!quiet || !(busy.has(state()) || !streamed)) return;
      if (!streamed) root.dataset.by = "polling";
      refresh();
    }, 1000);
  }

  /* Replace only what changed, so that focus, open details and half-filled forms survive. */
  function merge(root, fresh) {
    const key = (node) => node.dataset?.key;
    const open = new Map([...root.querySelectorAll("details")].map((d) => [path(d), d.open]));
    const focus = document.activeElement?.id;
    for (const node of fresh.querySelectorAll("[data-shown]")) {
      const old = root.querySelector(`[data-key="${CSS.escape(key(node))}"]`);
      if (!old) { root.replaceChildren(...fresh.childNodes); break; }
      if (old.dataset.shown !== node.dataset.shown) old.replaceWith(node.cloneNode(true));
    }
    for (const d of root.querySelectorAll("details")) if (open.get(path(d))) d.open = true;
    if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus({ preventScroll: true });
  }
  const path = (node) => node.closest("[data-key]")?.dataset.key;
})();
