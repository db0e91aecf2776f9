/* kaigo-gateway: the form of a new Setup. Fields are judged by the server as they are left, sums follow, and a
   draft (no files, no password) stays in this tab until the Setup is saved. Everything works without this file. */
(() => {
  "use strict";
  const form = document.getElementById("new-setup");
  const KEY = "kaigo-new-setup", WAIT = 250;
  const touched = new Set();
  const kept = [...form.elements].filter((each) => each.name && !["file", "password", "submit", "hidden"].includes(each.type));

  for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

  /* In place: a field says what is wrong once it has been left; a mark goes as soon as it is put right. */
  const fieldOf = (input) => input.name.startsWith("service-") ? "office.services" : input.name;
  function mark(name, text) {
    const input = form.elements[name], hint = document.getElementById(`${name}-hint`);
    if (!hint) return;
    const said = text || hint.dataset.hint;
    if (hint.textContent !== said) hint.textContent = said;
    form.querySelector(`[data-field="${CSS.escape(name)}"]`)?.classList.toggle("wrong", Boolean(text));
    if (!input?.setAttribute) return;
    if (text) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  }
  let asked = 0, timer = 0;
  async function look() {
    const mine = ++asked, body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "password") body.append(name, value);
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body });
      if (!answer.ok || mine !== asked) return;
      const { wrong, sums } = await answer.json();
      for (const name of touched) mark(name, wrong[name]);
      document.getElementById("sums").replaceChildren(...new DOMParser().parseFromString(sums, "text/html").body.childNodes);
    } catch { /* the service is away for a moment; saving says so */ }
  }
  function soon() { clearTimeout(timer); timer = setTimeout(look, WAIT); }
  for (const each of form.querySelectorAll("[aria-invalid]")) touched.add(each.name);
  if (form.querySelector(".services.wrong")) touched.add("office.services");
  form.addEventListener("change", (event) => { if (event.target.name) { touched.add(fieldOf(event.target)); soon(); } keep(); });
  form.addEventListener("focusout", (event) => {
    const { name, type } = event.target;
    if (name && type !== "checkbox" && type !== "file" && type !== "submit" && form.elements[name]?.hasAttribute?.("aria-required")) { touched.add(name); soon(); }
  });

  /* Services are found by code or name. */
  const find = document.getElementById("find-service");
  find?.addEventListener("input", () => {
    const wanted = find.value.normalize("NFKC").trim().toUpperCase();
    for (const each of form.querySelectorAll(".ticks li")) each.hidden = !each.textContent.toUpperCase().includes(wanted);
    for (const title of form.querySelectorAll(".category")) title.hidden = !title.nextElementSibling.querySelector("li:not([hidden])");
  });
  find?.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });

  /* The draft. */
  const value = (each) => each.type === "checkbox" ? each.checked : each.value;
  function keep() {
    const changed = kept.some((each) => value(each) !== (each.type === "checkbox" ? each.defaultChecked : standard(each)));
    if (changed) sessionStorage.setItem(KEY, JSON.stringify(kept.map((each) => [each.name, value(each)])));
  }
  const standard = (each) => each.tagName === "SELECT" ? ([...each.options].find((o) => o.defaultSelected) ?? each.options[0]).value : each.defaultValue;
  const draft = sessionStorage.getItem(KEY), fresh = "fresh" in form.dataset;
  if (draft && fresh) {
    for (const [name, was] of JSON.parse(draft)) {
      const each = form.elements[name];
      if (!each) continue;
      if (each.type === "checkbox") each.checked = was; else each.value = was;
    }
    document.getElementById("draft").hidden = false;
  }
  document.getElementById("draft-away").addEventListener("click", () => { sessionStorage.removeItem(KEY); form.reset(); location.reload(); });
  form.addEventListener("input", keep);
  if (!fresh) sessionStorage.setItem(KEY, JSON.stringify(kept.map((each) => [each.name, value(each)])));
  look();

  /* Empty lines at the end stay away until they are wanted. */
  const rows = [...form.querySelectorAll(".lines tbody tr")], more = document.getElementById("more-lines");
  const filled = (row) => row.querySelector("[name$=-amount]").value || row.querySelector("[name$=-description]").value;
  for (const row of rows) row.hidden = !filled(row);
  const offer = () => { more.parentElement.hidden = !rows.some((row) => row.hidden); };
  more.addEventListener("click", () => { const row = rows.find((each) => each.hidden); row.hidden = false; row.querySelector("select").focus(); offer(); });
  offer();

  form.addEventListener("submit", (event) => { if (event.submitter?.value === "save") sessionStorage.setItem(`${KEY}-sent`, "yes"); });
  sessionStorage.removeItem(`${KEY}-sent`);
})();
