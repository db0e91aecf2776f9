/* kaigo-gateway: follows a Setup live. Events come by SSE; after three seconds of silence (office antivirus
   holds streams back) the page asks each second instead. Everything works without this file too. */
(() => {
  "use strict";
  const SILENCE = 3000;

  document.getElementById("go-on")?.click();
  if (sessionStorage.getItem("kaigo-new-setup-sent") && document.querySelector("[data-live]")) {
    for (const key of ["kaigo-new-setup", "kaigo-new-setup-sent"]) sessionStorage.removeItem(key);  /* it was saved */
  }

  /* One press, one action; what takes longer says so. */
  const working = document.getElementById("working");
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.answer) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { working.hidden = false; }, 700);
  });
  addEventListener("pageshow", () => { working.hidden = true; for (const form of document.forms) delete form.dataset.sent; });

  /* Buttons that need script appear only with it. */
  for (const button of document.querySelectorAll("[data-copy], [data-print], [data-repeat]")) button.hidden = false;
  document.querySelector("[data-print]")?.addEventListener("click", () => print());
  document.querySelector("[data-copy]")?.addEventListener("click", async (event) => {
    const box = document.getElementById(event.target.dataset.copy), said = document.getElementById("copied");
    try { await navigator.clipboard.writeText(box.value); } catch {
      box.closest("details").open = true; box.focus(); box.select();
      if (!document.execCommand("copy")) return;
    }
    said.textContent = said.dataset.copied;
  });

  /* Checks whose files stay chosen: the answer is put in place, so that the same files can be mended next. */
  document.querySelector("[data-answer]")?.addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "check") return;
    event.preventDefault();
    const form = event.target, box = document.getElementById(form.dataset.answer), body = new FormData(form, event.submitter);
    event.submitter.disabled = true;
    box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      box.replaceChildren(...(fresh.getElementById(box.id) ?? fresh.querySelector("main")).childNodes);
    } catch { form.submit(); } finally { event.submitter.disabled = false; box.removeAttribute("aria-busy"); }
    box.scrollIntoView({ block: "nearest" });
  });

  const repeat = document.getElementById("repeat");
  if (repeat) setInterval(async () => {
    if (!repeat.checked || document.hidden) return;
    const form = document.getElementById("exercise");
    const answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) { repeat.checked = false; return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("result").replaceChildren(...fresh.getElementById("result").childNodes);
  }, 5000);

  const polled = document.querySelector("[data-poll]");
  if (polled) poll(polled);

  /* Insertions and removals of cards: asked each second, and shown only when something changed. */
  async function poll(box) {
    let tag = "";
    for (;;) {
      await new Promise((go) => setTimeout(go, 1000));
      if (document.hidden) continue;
      try {
        const answer = await fetch(box.dataset.poll, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
        if (answer.status === 401) { location.reload(); return; }
        if (!answer.ok) continue;
        tag = answer.headers.get("ETag") || "";
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
        if (fresh.innerHTML.trim() !== box.innerHTML.trim()) box.replaceChildren(...fresh.childNodes);
      } catch { /* the service is away for a moment */ }
    }
  }

  const live = document.querySelector("[data-live]");
  if (live) follow(live);

  function follow(root) {
    const busy = new Set(["running", "ready"]), told = document.getElementById("lost");
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
        told.hidden = true;
      } catch { told.hidden = false; } finally {
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
      const quiet = Date.now() - heard > SILENCE, gone = stream.readyState !== EventSource.OPEN;
      if (!quiet || !(busy.has(state()) || !streamed || gone || !told.hidden)) return;
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
