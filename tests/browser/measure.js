// SPDX-License-Identifier: Apache-2.0
// Added to a copy of a page by run.py: writes down what is shown, and where.
'use strict';

const problems = [];
const lookedAt = {texts: 0, lines: 0};
const LEAST_SIZE = 11;  // pixels
const LEAST_CONTRAST = 4.5;  // WCAG 2.1, 1.4.3

function complain(what, element) {
  if (problems.length < 20) {
    problems.push(`${what}: ${element.textContent.trim().slice(0, 60)}`);
  }
}

// --- Colours ---------------------------------------------------------------

function parts(colour) {
  const n = (colour.match(/[\d.]+/g) || []).map(Number);
  return {rgb: n.slice(0, 3), alpha: n.length > 3 ? n[3] : n.length ? 1 : 0};
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => {
    const v = value / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

// The first background that is not transparent, from the element outwards.
function background(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = parts(getComputedStyle(e).backgroundColor);
    if (colour.alpha === 1) {
      return colour.rgb;
    }
  }
  return [255, 255, 255];
}

function check(element, colour, behind) {
  lookedAt.texts += 1;
  if (parseFloat(getComputedStyle(element).fontSize) < LEAST_SIZE) {
    complain('is too small', element);
  }
  if (contrast(parts(colour).rgb, behind) < LEAST_CONTRAST) {
    complain('has too little contrast', element);
  }
}

// --- Places ----------------------------------------------------------------

// Boxes with a scroll bar of their own may be wider inside.
const scrolls = (element) => element.closest('.wide, .picture');

function checkText() {
  const walker = document.createTreeWalker(document.body,
                                           NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('svg, script, style')) {
      continue;
    }
    check(element, getComputedStyle(element).color, background(element));
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (!scrolls(element) &&
          (box.left < -0.5 || box.right > innerWidth + 0.5)) {
        complain('sticks out', element);
      }
    }
  }
  for (const box of document.querySelectorAll('.wide, .picture')) {
    if (box.getBoundingClientRect().right > innerWidth + 0.5) {
      complain('sticks out', box);
    }
  }
}

const inside = (a, b) => a.left >= b.left - 0.5 && a.right <= b.right + 0.5 &&
                         a.top >= b.top - 0.5 && a.bottom <= b.bottom + 0.5;
// A pixel of line height may be shared: no letter is there.
const touch = (a, b) => a.left < b.right && b.left < a.right &&
                        a.top < b.bottom - 2 && b.top < a.bottom - 2;

function checkPicture(svg) {
  const whole = svg.getBoundingClientRect();
  const page = background(svg.parentElement);
  const texts = [...svg.querySelectorAll('text')].map(
      (element) => ({element, box: element.getBoundingClientRect()}));
  for (const {element, box} of texts) {
    lookedAt.lines += 1;
    const body = element.closest('g')?.querySelector('.mrtd-body');
    const holds = body && body.getAttribute('width') === '46%';
    if (!inside(box, holds ? body.getBoundingClientRect() : whole)) {
      complain('leaves its place', element);
    }
    const fill = holds ? getComputedStyle(body).fill : 'none';
    check(element, getComputedStyle(element).fill,
          fill === 'none' ? page : parts(fill).rgb);
  }
  texts.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < texts.length; i++) {
    for (let j = i + 1; j < texts.length &&
         texts[j].box.top < texts[i].box.bottom; j++) {
      if (touch(texts[i].box, texts[j].box)) {
        complain('touches another', texts[j].element);
      }
    }
  }
}

// --- What is shown -----------------------------------------------------------

const text = (selector) => document.querySelector(selector).innerText.trim();
const list = (selector, of = document) =>
    [...of.querySelectorAll(selector)].map((e) => e.innerText.trim());

function shown() {
  return {
    h1: text('h1'),
    title: document.title,
    size: text('#size'),
    sha256: text('#sha256'),
    sha384: text('#sha384'),
    chosen: text('.chosen .hex'),
    reference: document.querySelector('#reference pre')?.innerText.trim(),
    rows: [...document.querySelectorAll('#sections tbody tr')].map(
        (row) => list('td', row)),
    findings: list('#findings li'),
    running: list('.running li'),
    columns: [...document.querySelectorAll('.platforms > section')].map((e) => {
      const {left, top} = e.getBoundingClientRect();
      return [left, top];
    }),
    lines: [...document.querySelectorAll('svg text')].map(
        (e) => e.textContent),
  };
}

for (const details of document.querySelectorAll('details')) {
  details.open = true;
}
checkText();
checkPicture(document.querySelector('svg.mrtd-picture'));
parent.postMessage(JSON.stringify({
  problems,
  looked_at: lookedAt,
  width: innerWidth,
  dark: matchMedia('(prefers-color-scheme: dark)').matches,
  page_width: document.documentElement.scrollWidth,
  shown: shown(),
}), '*');
