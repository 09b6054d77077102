// Selects: one button that opens a list with a search field; hidden inputs hold what is chosen.
// Also places every popover beside the button that opened it.
(() => {
  const options = (pick) => [...pick.querySelectorAll('[role="option"]')];
  const isMulti = (pick) => pick.hasAttribute("data-multi");

  function values(pick) {
    return [...pick.querySelectorAll(".pick-values input")].map((input) => input.value);
  }

  function draw(pick) {
    const chosen = values(pick);
    const words = [];
    for (const option of options(pick)) {
      const on = chosen.includes(option.dataset.value);
      option.setAttribute("aria-selected", String(on));
      if (on) words.push(option.dataset.words);
    }
    const label = pick.querySelector(".pick-label");
    label.classList.toggle("blank", words.length === 0);
    if (!isMulti(pick) || words.length === 0) {
      label.textContent = words[0] ?? pick.dataset.placeholder;
      return;
    }
    label.replaceChildren(...words.map((text) => {
      const chip = document.createElement("span");
      chip.className = "chip";
      chip.append(...window.whole(text));
      return chip;
    }));
  }

  function set(pick, chosen) {
    const known = new Set(options(pick).map((option) => option.dataset.value));
    const holder = pick.querySelector(".pick-values");
    holder.replaceChildren(...chosen.filter((value) => known.has(value)).map((value) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: holder.dataset.field, value });
      return input;
    }));
    draw(pick);
  }

  function choose(pick, option) {
    const value = option.dataset.value;
    const chosen = values(pick);
    if (!isMulti(pick)) {
      set(pick, [value]);
      pick.dispatchEvent(new Event("input", { bubbles: true }));
      pick.querySelector("[popover]").hidePopover();
      if (chosen[0] !== value) htmx.trigger(pick, "picked");
      return;
    }
    const most = Number(pick.dataset.most || Infinity);
    if (chosen.includes(value)) set(pick, chosen.filter((one) => one !== value));
    else if (chosen.length < most) set(pick, [...chosen, value]);
    pick.dataset.changed = "yes";
    pick.dispatchEvent(new Event("input", { bubbles: true }));
    // Its field may have grown by a line.
    const menu = pick.querySelector("[popover]");
    place(menu, menu.dataset.side);
  }

  function find(pick, words) {
    const wanted = words.trim().toLocaleLowerCase();
    let found = 0;
    for (const option of options(pick)) {
      option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
      if (!option.hidden) found += 1;
    }
    pick.querySelector(".menu-none").hidden = found > 0;
  }

  function move(box, step) {
    const shown = [...box.querySelectorAll('[role="option"], [role="menuitem"], .menu-item')]
      .filter((item) => !item.hidden && item.tagName !== "DIV" || item.matches('[role="option"]:not([hidden])'));
    if (!shown.length) return;
    const at = shown.indexOf(document.activeElement);
    shown[(at + step + shown.length) % shown.length].focus();
  }

  // A list lies within its form if that has room for it, and is as wide as its field. On the side that it has opened to it
  // stays, however its field moves meanwhile.
  function place(popover, side) {
    const face = popover.invoker || document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
    popover.dataset.placed = "";
    if (!face) return;
    const near = face.getBoundingClientRect();
    if (popover.classList.contains("pick-menu")) {
      popover.style.minWidth = `${near.width}px`;
      popover.style.maxWidth = face.closest(".block-input") ? `${near.width}px` : "";
    }
    popover.style.maxHeight = "";
    const { width, height } = popover.getBoundingClientRect();
    const { above, below } = roomBeside(near, Math.min(height, ENOUGH), popover.closest("dialog"));
    popover.dataset.side = side || (below < Math.min(height, ENOUGH) && above > below ? "above" : "below");
    const up = popover.dataset.side === "above";
    popover.style.maxHeight = `${Math.min(MOST, Math.max(LEAST, up ? above : below))}px`;
    // Fixed at the end that touches the field: it stays there while a search makes it shorter.
    const lowest = innerHeight - LEAST - MARGIN;
    popover.style.top = up ? "auto" : `${Math.max(MARGIN, Math.min(lowest, near.bottom + 4))}px`;
    popover.style.bottom = up ? `${Math.max(MARGIN, Math.min(lowest, innerHeight - near.top + 4))}px` : "auto";
    popover.style.left = `${Math.max(MARGIN, Math.min(near.left, innerWidth - width - MARGIN))}px`;
  }

  // In pixels.
  const MARGIN = 8, LEAST = 160, ENOUGH = 240, MOST = 420;
  function roomBeside(near, wanted, dialog) {
    const { top, bottom } = dialog?.getBoundingClientRect() ?? { top: 0, bottom: innerHeight };
    const above = near.top - top - 4 - MARGIN, below = bottom - near.bottom - 4 - MARGIN;
    return dialog && Math.max(above, below) < wanted ? roomBeside(near, wanted) : { above, below };
  }

  function enter(popover) {
    const search = popover.querySelector('input[type="search"]');
    const first = popover.querySelector('[aria-selected="true"]') ?? popover.querySelector(".menu-item, button");
    (search ?? first)?.focus({ preventScroll: true });
    if (!search) first?.scrollIntoView({ block: "nearest" });
  }

  // Not seen before it lies where it belongs.
  document.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") delete event.target.dataset.placed;
  }, true);

  document.addEventListener("toggle", (event) => {
    const popover = event.target;
    if (!popover.matches?.("[popover]")) return;
    const open = event.newState === "open";
    (popover.invoker ?? document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`))?.setAttribute("aria-expanded", String(open));
    const pick = popover.closest("[data-pick]");
    if (open) {
      if (popover.dataset.placed === undefined) place(popover);
      if (!popover.contains(document.activeElement)) enter(popover);
    } else if (pick) {
      const search = popover.querySelector('input[type="search"]');
      if (search) { search.value = ""; find(pick, ""); }
      if (pick.dataset.changed) { delete pick.dataset.changed; htmx.trigger(pick, "picked"); }
    }
  }, true);

  // A window that changes its size takes its open menu along, and so does a list that scrolls.
  window.addEventListener("resize", () => {
    const open = document.querySelector("[popover]:popover-open");
    if (open) place(open);
  });
  document.addEventListener("scroll", (event) => {
    const open = document.querySelector("[popover]:popover-open");
    if (open && !open.contains(event.target)) place(open, open.dataset.side);
  }, true);

  document.addEventListener("click", (event) => {
    const option = event.target.closest?.('.pick [role="option"]');
    if (option) choose(option.closest("[data-pick]"), option);
    const item = event.target.closest?.("[popover].menu .menu-item, [popover].menu .menu-react");
    if (item) item.closest("[popover]").hidePopover();
    if (item?.dataset.open) window.open(item.dataset.open, "_blank", "noopener");
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches('.menu-search input')) return;
    const pick = event.target.closest("[data-pick]");
    if (pick) return find(pick, event.target.value);
    const wanted = event.target.value.trim().toLocaleLowerCase();
    for (const item of event.target.closest("[popover]").querySelectorAll(".menu-item")) {
      item.hidden = !item.textContent.toLocaleLowerCase().includes(wanted);
    }
  });

  document.addEventListener("keydown", (event) => {
    const face = event.target.closest?.(".pick-face");
    if (face && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      const menu = document.getElementById(face.getAttribute("popovertarget"));
      if (!menu.matches(":popover-open")) {
        menu.showPopover();
        place(menu);
      }
      enter(menu);
    }
    const box = event.target.closest?.("[popover]");
    if (!box) return;
    if (event.key === "Tab" && box.matches(".pick-menu")) {
      // On from the field itself, to the one behind it.
      box.hidePopover();
      box.closest("[data-pick]").querySelector(".pick-face").focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); move(box, step); }
    const pick = box.closest("[data-pick]");
    if (!pick || event.isComposing) return;
    const option = event.target.closest('[role="option"]')
      ?? (event.key === "Enter" ? options(pick).find((one) => !one.hidden) : null);
    if (event.key === "Enter" || (event.key === " " && event.target.matches('[role="option"]'))) {
      event.preventDefault();
      if (option) choose(pick, option);
      if (!isMulti(pick)) pick.querySelector(".pick-face").focus();
    }
  });

  const drawAll = (root) => root.querySelectorAll?.("[data-pick]").forEach(draw);
  window.picks = { set, place, drawAll };
  htmx.onLoad((root) => { if (root.matches?.("[data-pick]")) draw(root); drawAll(root); });
})();
