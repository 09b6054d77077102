// The composer: Enter sends, '/', '@' and '#' complete, a draft survives a change of channel.
(() => {
  const boxOf = (element) => element.closest?.(".composer");
  const draftKey = (form) => `draft ${form.dataset.draft}`;
  const wordsOf = (form) => JSON.parse(form.querySelector("[data-completions]").textContent);

  // What may stand at the caret: a list of {insert, title, usage, note}, and where it would go.
  function suggestions(form, text, caret) {
    const before = text.slice(0, caret);
    const { commands, people, channels } = wordsOf(form);
    const command = commands.find((one) => before.startsWith(`${one.command} `));
    const mention = before.match(/(?:^|\s)([@#])([^\s@#]*)$/);
    if (mention) {
      const pool = mention[1] === "@" ? people : channels;
      const wanted = mention[2].toLocaleLowerCase();
      const found = pool.filter((one) => `${one.handle} ${one.name}`.toLocaleLowerCase().includes(wanted));
      return { from: caret - mention[2].length - 1, found: found.slice(0, 8).map((one) => ({
        insert: `${mention[1]}${one.handle} `, title: one.name, usage: `${mention[1]}${one.handle}`, note: one.title,
      })), typed: mention[0].trim() };
    }
    if (command) {
      const typed = before.slice(command.command.length + 1);
      if (/\s/.test(typed.trimStart())) return null;
      const found = command.verbs.filter((verb) => verb.verb.startsWith(typed.trim().toLowerCase()));
      return { from: command.command.length + 1, found: found.map((verb) => ({
        insert: `${verb.verb} `, title: verb.verb, usage: verb.usage, note: "",
      })), typed: typed.trim() };
    }
    if (/^\/\S*$/.test(before)) {
      const found = commands.filter((one) => one.command.startsWith(before));
      return { from: 0, found: found.map((one) => ({
        insert: `${one.command} `, title: one.command, usage: one.description, note: one.usage_hint,
      })), typed: before };
    }
    return null;
  }

  function draw(form, at) {
    const area = form.querySelector("textarea");
    const list = form.querySelector(".suggestions");
    const offer = document.activeElement === area ? suggestions(form, area.value, area.selectionStart) : null;
    form.offer = offer;
    const found = offer?.found ?? [];
    list.hidden = found.length === 0;
    // A word that is complete already is not chosen for the person: Enter then sends.
    const exact = !offer?.typed || found.some((one) => one.insert.trim() === offer.typed);
    form.chosen = at ?? (exact ? -1 : 0);
    list.replaceChildren(...found.map((one, number) => {
      const row = document.createElement("div");
      row.className = "suggestion";
      row.id = `${list.id}-${number}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(number === form.chosen));
      const title = Object.assign(document.createElement("b"), { textContent: one.title });
      const usage = Object.assign(document.createElement("i"), { textContent: ` ${one.usage ?? ""}` });
      row.append(title, usage);
      if (one.note) row.append(Object.assign(document.createElement("small"), { textContent: one.note }));
      row.addEventListener("mousedown", (event) => { event.preventDefault(); take(form, number); });
      return row;
    }));
    if (form.chosen >= 0) {
      area.setAttribute("aria-activedescendant", `${list.id}-${form.chosen}`);
      list.children[form.chosen]?.scrollIntoView({ block: "nearest" });
    } else {
      area.removeAttribute("aria-activedescendant");
    }
  }

  function take(form, number) {
    const area = form.querySelector("textarea");
    const { from, found } = form.offer;
    const after = area.value.slice(area.selectionStart).replace(/^ /, "");
    area.value = area.value.slice(0, from) + found[number].insert + after;
    const caret = from + found[number].insert.length;
    area.setSelectionRange(caret, caret);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.matches?.(".composer textarea") && boxOf(event.target);
    if (!form || event.isComposing) return;
    const open = !form.querySelector(".suggestions").hidden;
    const count = form.offer?.found.length ?? 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      event.preventDefault();
      const from = form.chosen < 0 && step < 0 ? 0 : form.chosen;
      draw(form, (from + step + count) % count);
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && form.chosen >= 0)) && !event.shiftKey) {
      event.preventDefault();
      take(form, Math.max(form.chosen, 0));
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      form.querySelector(".suggestions").hidden = true;
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (event.target.value.trim()) form.requestSubmit();
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.matches?.(".composer textarea") && boxOf(event.target);
    if (!form) return;
    sessionStorage.setItem(draftKey(form), event.target.value);
    form.querySelector('[type="submit"]').disabled = !event.target.value.trim();
    draw(form);
  });

  document.addEventListener("focusout", (event) => {
    const form = event.target.matches?.(".composer textarea") && boxOf(event.target);
    if (form) form.querySelector(".suggestions").hidden = true;
  });

  // The words are on their way: make room for the next ones; bring them back if they got lost.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (!form.matches?.(".composer")) return;
    const area = form.querySelector("textarea");
    form.sent = area.value;
    area.value = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
  for (const failure of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(failure, (event) => {
      const form = event.target;
      const area = form.matches?.(".composer") && form.querySelector("textarea");
      if (area && !area.value) area.value = form.sent;
    });
  }

  htmx.onLoad((root) => {
    const forms = [...(root.querySelectorAll?.(".composer") ?? [])];
    if (root.matches?.(".composer")) forms.push(root);
    for (const form of forms) {
      const area = form.querySelector("textarea");
      area.value ||= sessionStorage.getItem(draftKey(form)) ?? "";
      form.querySelector('[type="submit"]').disabled = !area.value.trim();
      // A composer that is only drawn anew leaves the focus where a person has it.
      const isFree = form.id === "composer-thread" || document.activeElement === document.body;
      if (isFree && !document.querySelector("dialog[open]")) area.focus({ preventScroll: true });
    }
  });
})();
