// The console's few icons, drawn for it on a 20 x 20 grid. Decoration only: the text beside them says the same.
const PATHS = {
  overview: "M3 10.5 10 4l7 6.5M5 9v7.5h10V9",
  rooms: "M5 17V3.5h7.5V17M3 17h14M12.5 6H15v11M10 10.2v.1",
  meetings: "M3 5.5h9M6 10h11M3 14.5h7",
  tokens: "M8.2 11.8 16 4m-2.6 2.6 2 2M10.8 9.2l1.4 1.4M8.6 13.7a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0",
  users: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 16.5c.4-2.8 2.3-4.3 5-4.3s4.6 1.5 5 4.3M13 4a3 3 0 0 1 0 5.2M14.5 12.6c1.7.6 2.7 1.9 3 3.9",
  activity: "M2.5 10.5H6l2.5-6 3.5 11 2.3-5h3.2",
  jobs: "M3.5 5.5h3v3h-3zM9.5 7h7M3.5 11.5h3v3h-3zM9.5 13h7",
  doctor: "M5.5 4.5H4V17h12V4.5h-1.5M7 3h6v3H7zM10 8.5v5M7.5 11h5",
  jitsi: "M7 3v4M13 3v4M4.5 7h11v2.5a5.5 5.5 0 0 1-11 0zM10 15v3",
  docs: "M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5M7.8 10.5h5M7.8 13.5h5",
  menu: "M3.5 6h13M3.5 10h13M3.5 14h13",
  close: "m5 5 10 10M15 5 5 15",
  copy: "M7.5 7.5h8.5V16H7.5zM12.5 7.5V4H4v8.5h3.5",
  check: "m4 10.5 4 4 8-9",
  plus: "M10 4v12M4 10h12",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.7 9v4.5M11.3 9v4.5",
  edit: "m12.5 4.5 3 3L7 16H4v-3zM11 6l3 3",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l3-3a3 3 0 0 0-4.3-4.3l-.8.8M11.5 8.5a3 3 0 0 0-4.3 0l-3 3a3 3 0 0 0 4.3 4.3l.8-.8",
  external: "M8 5H4.5v10.5H15V12M11 4h5v5M16 4 9.5 10.5",
  search: "M8.7 14.4a5.7 5.7 0 1 0 0-11.4 5.7 5.7 0 0 0 0 11.4M13 13l4 4",
  download: "M10 3.5v9m-3.5-3.3L10 12.7l3.5-3.5M4 16.5h12",
  upload: "M10 12.7v-9M6.5 7.2 10 3.7l3.5 3.5M4 16.5h12",
  play: "M6 4.5v11l9-5.5z",
  record: "M10 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10",
  notice: "M3.5 4.5h13v9H9l-3.5 3v-3h-2z",
  stop: "M5.5 5.5h9v9h-9z",
  logout: "M8 4H4v12h4M12.5 6.5 16 10l-3.5 3.5M8 10h8",
  system: "M3 4.5h14v9H3zM7 16.5h6M10 13.5v3",
  light: "M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M10 2.5v1.7M10 15.8v1.7M2.5 10h1.7M15.8 10h1.7M4.7 4.7l1.2 1.2M14.1 14.1l1.2 1.2M15.3 4.7l-1.2 1.2M5.9 14.1l-1.2 1.2",
  dark: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5",
  warning: "M10 3 17.5 16h-15zM10 8v4M10 13.9v.1",
  chevron: "m8 5 5 5-5 5",
  back: "m12 5-5 5 5 5",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  more: "M5 10v.1M10 10v.1M15 10v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark-tile" width="32" height="32" rx="8" />
      <path class="mark-lane" d="M8 10h11M13 16h11M8 22h7" />
      <circle class="mark-dot" cx="22.5" cy="22" r="2.2" />
    </svg>
  );
}
