/** Small drawings of 16 by 16, hidden from readers of the screen: a word says the same. */

const paths = {
  check: "M3.5 8.5l3 3 6-7",
  equal: "M3.5 6h9M3.5 10h9",
  cross: "M4.5 4.5l7 7m0-7l-7 7",
  dash: "M4 8h8",
  pause: "M6 4v8m4-8v8",
  dots: "M4 8h.01M8 8h.01M12 8h.01",
  ring: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm3.3 7.8l3.2 3.2",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1 1m8 8l1 1m0-10l-1 1m-8 8l-1 1",
  moon: "M13 9.7A5.5 5.5 0 0 1 6.3 3a5.5 5.5 0 1 0 6.7 6.7z",
  contrast: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zm0 0v11m2-10.2v9.4m2-7.7v6",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  up: "M4 10l4-4 4 4",
  plus: "M8 3v10M3 8h10",
  fit: "M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10",
  link: "M9 3h4v4m0-4L7.5 8.5M6.5 4H3v9h9V9.5",
  table: "M2.5 3.5h11v9h-11zm0 3h11m-7-3v9",
  files: "M4 2.5h5l3 3v8H4zm5 0v3h3",
  code: "M5.5 4.5L2 8l3.5 3.5m5-7L14 8l-3.5 3.5",
  fold: "M2.5 4.5h8v8h-8zm3-2h8v8",
  help: "M6 6a2 2 0 1 1 2.8 1.85C8.2 8.1 8 8.5 8 9.2m0 2.3h.01",
  download: "M8 2.5v8m-3.5-3.5L8 10.5 11.5 7m-9 6.5h11",
} as const

export type IconName = keyof typeof paths

export const Icon = ({ name, className = "" }: { readonly name: IconName; readonly className?: string }) => (
  <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
)
