// hx-swap="keyed": takes over only what changed. Children carry data-key and data-rev; one whose
// revision is the same stays as it is, with its focus, its open menu and its half-typed input.
(() => {
  const fieldsOf = (root) => [...root.querySelectorAll("input[name], textarea[name], [data-field]")];

  // What stands in the fields of a form, by name.
  function given(root) {
    const found = new Map();
    for (const field of fieldsOf(root)) {
      const name = field.name || field.dataset.field;
      if (!found.has(name)) found.set(name, []);
      if (field.dataset.field) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) found.get(name).push(field.value);
      } else {
        found.get(name).push(field.value);
      }
    }
    return found;
  }

  // Whether a person has put anything into a form: each field is known as it was first drawn.
  const firstDrawn = new Map();
  window.changes = {
    know(form) {
      const known = firstDrawn.get(form.dataset.viewId) ?? new Map();
      for (const [name, values] of given(form)) if (!known.has(name)) known.set(name, values.join());
      firstDrawn.set(form.dataset.viewId, known);
    },
    any(form) {
      const known = firstDrawn.get(form.dataset.viewId) ?? new Map();
      return [...given(form)].some(([name, values]) => name !== "drawn" && known.get(name) !== values.join());
    },
  };

  // A view that the app updates keeps what the person has put into fields that are still there.
  function carryOver(from, to) {
    const standing = given(from);
    for (const field of fieldsOf(to)) {
      const values = standing.get(field.name || field.dataset.field);
      if (!values) continue;
      if (field.dataset.field) window.picks.set(field.closest("[data-pick]"), values);
      else if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type !== "hidden") field.value = values[0] ?? "";
    }
    if (from.dataset.refused !== to.dataset.refused) return;
    for (const block of from.querySelectorAll("[data-mended]")) mend(to.querySelector(blockLike(block)));
  }

  // What is filled in anew is not called wrong any longer: the next answer tells.
  const blockLike = (block) => `.block-input[data-block-id="${CSS.escape(block.dataset.blockId)}"]`;
  function mend(block) {
    if (!block) return;
    block.dataset.mended = "";
    block.querySelector(".error")?.remove();
    for (const field of block.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }
  document.addEventListener("input", (event) => {
    if (event.target.type !== "search") mend(event.target.closest?.(".view .block-input"));
  });

  // The same element in what is drawn in its place: by what it is called, and which of that name.
  function likeness(element, from) {
    const tells = ({ name, value }) => value && /^(id|name|type|href|data-(?!rev|changed))/.test(name)
      || name === "value" && /^(radio|checkbox)$/.test(element.type);
    const selector = element.localName + [...element.attributes].filter(tells)
      .map(({ name, value }) => `[${name}="${CSS.escape(value)}"]`).join("");
    const place = [...from.querySelectorAll(selector)].indexOf(element);
    return (to) => to?.querySelectorAll(selector)[place];
  }

  function rememberFocus(target) {
    const active = document.activeElement;
    if (!active || !target.contains(active)) return () => {};
    const { selectionStart, selectionEnd } = active;
    const part = active.closest("[data-key]");
    const again = part && likeness(active, part);
    const key = part && `[data-key="${CSS.escape(part.dataset.key)}"]`;
    return () => {
      if (document.contains(active)) {
        if (document.activeElement !== active) active.focus({ preventScroll: true });
        return;
      }
      // A button that is gone leaves the focus to the others of its message, and they to the composer.
      const drawn = key && target.querySelector(key);
      const next = again?.(drawn) ?? drawn?.querySelector(".block-actions button")
        ?? document.querySelector("#main .composer textarea");
      if (!next) return;
      next.focus({ preventScroll: true });
      if (selectionStart !== null && selectionStart !== undefined && next.setSelectionRange) {
        try { next.setSelectionRange(selectionStart, selectionEnd); } catch { /* not a text field */ }
      }
    };
  }

  // A menu that is open while its view is redrawn stays open, with what was looked for in it.
  function rememberMenu(target) {
    const menu = target.querySelector(":popover-open");
    if (!menu) return () => {};
    const pick = menu.closest("[data-pick]");
    const search = menu.querySelector('input[type="search"]')?.value ?? "";
    const scrolled = menu.scrollTop;
    return () => {
      if (document.contains(menu)) return;
      const again = document.getElementById(menu.id);
      if (!again) return;
      again.showPopover();
      const field = again.querySelector('input[type="search"]');
      if (field && search) {
        field.value = search;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      window.picks.place(again, menu.dataset.side);
      again.scrollTop = scrolled;
      const fresh = again.closest("[data-pick]");
      if (pick?.dataset.changed && fresh) fresh.dataset.changed = pick.dataset.changed;
    };
  }

  const isNews = (node, known) => !known.has(node.dataset.key) && known.size > 0;

  function keyedSwap(target, fragment) {
    const scroller = target.closest("[data-stick]");
    const atEnd = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
    const restoreFocus = rememberFocus(target);
    const restoreMenu = rememberMenu(target);
    const known = new Set([...target.children].map((node) => node.dataset.key));
    const standing = new Map([...target.children].map((node) => [node.dataset.key, node]));
    const fresh = [];
    let place = target.firstElementChild;
    for (const node of [...fragment.children]) {
      const old = standing.get(node.dataset.key);
      standing.delete(node.dataset.key);
      if (old && old.dataset.rev === node.dataset.rev) {
        if (old === place) place = place.nextElementSibling;
        else target.insertBefore(old, place);
        continue;
      }
      if (old) {
        if (old === place) place = place.nextElementSibling;
        if (node.hasAttribute("data-keeps-input")) carryOver(old, node);
        const scrolled = old.querySelector("[data-keeps-scroll]")?.scrollTop;
        // Only a view that is new says where the focus goes.
        for (const field of node.querySelectorAll("[autofocus]")) field.removeAttribute("autofocus");
        old.replaceWith(node);
        if (scrolled) node.querySelector("[data-keeps-scroll]").scrollTop = scrolled;
        if (node.nextElementSibling !== place) target.insertBefore(node, place);
      } else {
        target.insertBefore(node, place);
      }
      fresh.push(node);
    }
    for (const gone of standing.values()) gone.remove();
    // At once, and not when htmx comes to it: a person may be faster.
    for (const node of fresh) {
      window.picks.drawAll(node);
      htmx.process(node);
    }
    restoreMenu();
    restoreFocus();
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    else if (scroller && target.lastElementChild && isNews(target.lastElementChild, known)) {
      scroller.dispatchEvent(new CustomEvent("news", { bubbles: true }));
    }
    return fresh;
  }

  htmx.defineExtension("keyed", {
    handleSwap: (style, target, fragment) => style === "keyed" && keyedSwap(target, fragment),
  });
})();
