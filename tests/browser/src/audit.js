(() => {
  const faults = [];
  const fault = (what, element) =>
    faults.push(`${what}: ${(element?.outerHTML ?? "").replace(/\s+/g, " ").slice(0, 120)}`);

  const read = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = ([r, g, b]) => {
    const part = (value) => {
      value /= 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = read(getComputedStyle(at).backgroundColor);
      if (color[3] === 1) return color;
    }
    return [255, 255, 255, 1];
  };
  const isShown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const name = (element) =>
    (element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText || "").trim();

  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const found = contrast(read(style.color), behind(element));
    if (found < (isLarge ? 3 : 4.5)) fault(`contrast of words ${found.toFixed(2)}`, element);
  }

  const fields = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select";
  for (const element of document.querySelectorAll(`${fields}, button, a, summary, [type=radio], [type=checkbox]`)) {
    if (!isShown(element)) continue;
    if (!name(element)) fault("no name", element);
    if (element.matches(fields)) {
      const found = contrast(read(getComputedStyle(element).borderTopColor), behind(element.parentElement));
      if (found < 3) fault(`contrast of a border ${found.toFixed(2)}`, element);
    }
    const { width, height } = element.getBoundingClientRect();
    const isInText = element.matches("a, summary") && getComputedStyle(element).display.startsWith("inline");
    if (!isInText && !element.matches("label *") && (width < 24 || height < 24)) fault("too small", element);
  }

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  if (new Set(ids).size !== ids.length) fault("an id stands twice");
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
    const named = `${element.getAttribute("aria-describedby") ?? ""} ${element.getAttribute("aria-labelledby") ?? ""}`;
    for (const id of named.split(" ").filter(Boolean)) {
      if (!document.getElementById(id)) fault(`nothing is called ${id}`, element);
    }
  }
  if (document.querySelectorAll("h1").length !== 1) fault("not one first heading");
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) fault("a level of headings is left out", heading);
    level = own;
  }
  for (const landmark of ["header", "main", "footer"]) {
    if (document.querySelectorAll(`body > ${landmark}`).length !== 1) fault(`not one ${landmark}`);
  }
  if (!document.documentElement.lang) fault("no language");
  if (!document.title) fault("no title");
  if ([...document.querySelectorAll("[tabindex]")].some((element) => element.tabIndex > 0)) {
    fault("an order of focus of its own");
  }
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) fault(`wider than the window: ${root.scrollWidth} of ${root.clientWidth}`);
  return faults;
})()
