// Where htmx does not reach: dialogs, scrolling, confirmations, notices.
(() => {
  const get = (id) => document.getElementById(id);

  // Words with each reference, such as ESC-12, in one piece: a browser breaks it after its hyphen.
  window.whole = (words) => words.split(/\b([A-Z]{2,10}-\d{1,9})\b/).map((part, number) =>
    number % 2 ? Object.assign(document.createElement("span"), { className: "whole", textContent: part }) : part);

  // What opened the modal gets the focus back, or else what has been drawn in its place.
  let opener = null, lastPressed = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === document.activeElement) lastPressed = event.target;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // It was disabled meanwhile, which takes the focus away.
    if (event.target === lastPressed) focusAgain(lastPressed);
  });
  function focusAgain(element) {
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    const there = element?.isConnected ? element : element?.id && get(element.id);
    (there || document.querySelector("#main .composer textarea"))?.focus({ preventScroll: true });
  }
  function leaveModal(dialog) {
    dialog.close();
    delete dialog.dataset.shown;
    focusAgain(opener);
  }

  // Modals: the dialog is open exactly as long as there is a view.
  function syncModal() {
    const dialog = get("modal-dialog");
    if (!dialog) return;
    const view = dialog.querySelector(".view:not([hidden])");
    if (!view) return dialog.open && leaveModal(dialog);
    for (const each of dialog.querySelectorAll(".view")) window.changes.know(each);
    const isNew = dialog.dataset.shown !== view.dataset.key;
    if (!dialog.open) {
      opener = document.activeElement === document.body ? lastPressed : document.activeElement;
      dialog.showModal();
    }
    dialog.dataset.shown = view.dataset.key;
    dialog.setAttribute("aria-labelledby", view.querySelector("h2").id);
    const wrong = view.querySelector('[aria-invalid="true"]');
    const isRefused = dialog.dataset.told !== `${view.dataset.key} ${view.dataset.refused}`;
    dialog.dataset.told = `${view.dataset.key} ${view.dataset.refused}`;
    if (isRefused && wrong) {
      (wrong.matches("div") ? wrong.querySelector("input") : wrong)?.focus();
      wrong.scrollIntoView({ block: "center" });
    } else if (isNew || !dialog.contains(document.activeElement)) {
      const first = view.querySelector("[autofocus]")
        ?? view.querySelector(".view-body input:not([type=hidden]):not([type=search]), .view-body textarea, .view-body .pick-face")
        ?? view.querySelector(".submit") ?? view.querySelector("[data-cancel]") ?? view.querySelector(".close");
      first?.focus();
    }
    countAll(view);
  }

  function count(field) {
    const counter = document.querySelector(`[data-counts="${CSS.escape(field.id)}"]`);
    if (!counter) return;
    const most = Number(field.dataset.max);
    const left = most - [...field.value].length;
    counter.textContent = `${most - left} / ${most}`;
    counter.classList.toggle("over", left < 0);
  }
  const countAll = (root) => root.querySelectorAll("[data-max]").forEach(count);

  // Escape and a press outside close a form as its cross does.
  function closeForm() {
    const cross = get("modal-dialog").querySelector(".view:not([hidden]) .close");
    if (!cross) return;
    htmx.process(cross);  // It may have been drawn a moment ago.
    cross.click();
  }
  document.addEventListener("cancel", (event) => {
    if (event.target.id !== "modal-dialog") return;
    event.preventDefault();
    closeForm();
  }, true);
  document.addEventListener("close", (event) => {
    // A browser closes a dialog at the second Escape, whatever the page says.
    if (event.target.id === "modal-dialog" && event.target.querySelector(".view")) syncModal();
  }, true);
  let pressedOutside = false;
  document.addEventListener("pointerdown", (event) => { pressedOutside = event.target.id === "modal-dialog"; });
  document.addEventListener("click", (event) => {
    if (pressedOutside && event.target.id === "modal-dialog") closeForm();
  });

  const DISCARD = { confirmTitle: "Discard changes?", confirmText: "What you have entered in this form will be lost.",
    confirmYes: "Discard", confirmNo: "Keep editing", confirmDanger: "" };
  function questionBefore(element) {
    const view = element.closest(".view");
    if (!view || !element.matches("[data-close-modal], [data-cancel], [data-back]")) return element.dataset;
    const lost = element.matches("[data-close-modal]") ? [...view.parentElement.querySelectorAll(".view")] : [view];
    return lost.some(window.changes.any) ? DISCARD : {};
  }

  // Confirm dialogs of Block Kit, and the question before a form is discarded.
  document.addEventListener("htmx:confirm", (event) => {
    const { confirmTitle, confirmText, confirmYes, confirmNo, confirmDanger } = questionBefore(event.detail.elt);
    if (confirmTitle === undefined) return;
    event.preventDefault();
    const ask = get("ask");
    ask.querySelector("h2").replaceChildren(...window.whole(confirmTitle));
    ask.querySelector("p").replaceChildren(...window.whole(confirmText));
    const yes = ask.querySelector(".yes");
    yes.textContent = confirmYes || "Confirm";
    yes.classList.toggle("danger", confirmDanger !== undefined);
    yes.classList.toggle("fill", confirmDanger !== undefined);
    yes.classList.toggle("primary", confirmDanger === undefined);
    ask.querySelector(".no").textContent = confirmNo || "Cancel";
    ask.returnValue = "";
    ask.onclose = () => { if (ask.returnValue === "yes") event.detail.issueRequest(true); };
    ask.showModal();
    // What cannot be taken back is not under the Enter key.
    if (confirmDanger !== undefined) ask.querySelector(".no").focus();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "dialog" && !form.hasAttribute("hx-post")) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key === "Enter" && !event.isComposing && field.matches?.('input[hx-trigger="entered"]')) {
      event.preventDefault();
      htmx.trigger(field, "entered");
    }
    // A browser closes both dialogs at once if they opened without a press in between.
    if (event.key === "Escape" && get("ask").open) {
      event.preventDefault();
      get("ask").close("");
    } else if (event.key === "Escape" && get("modal-dialog")?.open && !document.querySelector(":popover-open")) {
      event.preventDefault();
      closeForm();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open") && !event.defaultPrevented) {
      closeSide();
      foldSidebar();
    }
  });
  document.addEventListener("input", (event) => { if (event.target.dataset?.max) count(event.target); });

  // On a phone: opened by its button, folded by a press anywhere else, or by Escape.
  function foldSidebar(pressed) {
    const app = get("app"), button = app?.querySelector("[data-fold]");
    if (!button || (pressed?.closest?.("#sidebar") && !pressed.closest("a"))) return;
    const open = Boolean(pressed?.closest?.("[data-fold]")) && !app.classList.contains("sidebar-open");
    app.classList.toggle("sidebar-open", open);
    button.setAttribute("aria-expanded", String(open));
  }

  function closeSide() {
    const side = get("side");
    if (!side?.childElementCount) return;
    side.replaceChildren();
    sessionStorage.removeItem("weather");
    history.replaceState(null, "", location.pathname);
    document.querySelector("#main .composer textarea")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[hx-trigger="opened"]');
    if (link) htmx.trigger(link, "opened");
    if (event.target.closest?.("[data-close-side]")) closeSide();
    foldSidebar(event.target);
    if (event.target.closest?.("[data-open-weather]")) sessionStorage.setItem("weather", "open");
    if (event.target.closest?.("[data-theme-toggle]")) {
      const dark = getComputedStyle(document.documentElement).colorScheme === "dark"
        || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      localStorage.setItem("theme", document.documentElement.dataset.theme);
    }
    if (event.target.closest?.("[data-jump]")) get("messages").scrollTop = get("messages").scrollHeight;
    const opener = event.target.closest?.("[data-menu-opener]");
    if (opener) get("menu").invoker = opener;
  });

  // Menus of messages and the list of people are fetched when asked for, into one popover for the whole page.
  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id === "modal") syncModal();
    if (target.id === "menu") openMenu(target);
    if (target.id === "side") {
      const list = target.querySelector("[data-stick]");
      if (list) list.scrollTop = list.scrollHeight;
    }
  });

  function openMenu(menu) {
    menu.setAttribute("aria-label", menu.invoker?.dataset.menuName ?? "Menu");
    if (menu.matches(":popover-open")) menu.hidePopover();
    menu.showPopover();
  }

  document.addEventListener("news", (event) => {
    const jump = event.target.querySelector("#jump");
    if (jump) jump.hidden = false;
  });
  document.addEventListener("scroll", (event) => {
    const list = event.target;
    if (list.id !== "messages" || !get("jump")) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 48) get("jump").hidden = true;
  }, true);

  let noticeTimer;
  function notice(words) {
    const box = get("notice");
    box.replaceChildren(...window.whole(words));
    box.hidden = !words;
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { box.hidden = true; }, 6000);
  }
  document.addEventListener("notice", (event) => notice(event.detail.value));
  document.addEventListener("htmx:responseError", (event) =>
    notice(event.detail.xhr.responseText.slice(0, 200) || "That did not work."));
  document.addEventListener("htmx:sendError", () => notice("The playground does not answer."));
  document.addEventListener("htmx:sseError", () => { get("offline").hidden = false; });
  document.addEventListener("htmx:sseOpen", () => { get("offline").hidden = true; });
  document.addEventListener("htmx:sseMessage", (event) => {
    if (event.detail?.type === "reset") location.reload();
  });

  // Nothing counts as read in a window that nobody looks at.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "read-marker" && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && get("read-marker")) htmx.trigger("#read-marker", "seen");
  });

  htmx.onLoad((root) => {
    if (root.id === "app" || root === document.body) {
      syncModal();
      // The weather stays in view while one goes from person to person.
      if (innerWidth > 1060 && sessionStorage.getItem("weather") && !get("side")?.childElementCount) {
        document.querySelector("[data-open-weather]")?.click();
      }
      const fresh = root.querySelector("#messages .fresh");
      const list = root.querySelector("#messages [data-stick], #messages[data-stick]");
      const named = location.hash && get(decodeURIComponent(location.hash.slice(1)));
      if (named) named.scrollIntoView({ block: "center" });
      else if (fresh) fresh.scrollIntoView({ block: "center" });
      else if (list) list.scrollTop = list.scrollHeight;
    }
  });
})();
