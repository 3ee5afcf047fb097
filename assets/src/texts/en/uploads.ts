// Files that are sent in by hand.

export const uploads = {
  open: "Upload",
  title: "Upload a recording",
  file: "File",
  fileHint: "MP4, WebM, Matroska and other media. One that was broken off goes on where it ended when it is chosen again.",
  needFile: "Choose a file.",
  name: "Title",
  nameHint: "Without one it is shown by its file's name. Its meeting can be chosen later.",
  submit: "Upload",
  progress: (done: string, all: string) => `${done} of ${all}`,
  label: (name: string) => `Upload of ${name}`,
  resumed: "It goes on where it ended.",
  waiting: "The connection is lost. It goes on by itself.",
  keepOpen: "Keep this page open until the file is there.",
  stop: "Stop",
  stopped: "Stopped. Choose the same file again to go on.",
  done: "The file is there.",
  goTo: "Go to the recording",
};
