// The texts of the page of jobs.

export const jobs = {
  title: "Jobs",
  lead: "What the server still has to do. What fails is tried again by itself, for some hours.",
  idleTitle: "Nothing to do",
  idle: "Everything that was to be done is done.",
  what: "What",
  state: "State",
  tries: "Tries",
  why: "Why",
  noReason: "No reason was kept.",
  when: { given_up: "Given up", retrying: "Next try", running: "Since", waiting: "Due" },
  standings: { given_up: "Given up", retrying: "Failed, to be tried again", running: "Running", waiting: "Waiting" },
  states: { given_up: "Given up", retrying: "Failed", running: "Running", waiting: "Waiting" },
  first: (n: number) => `The first ${n} are shown.`,
  recording: "the recording",
  meeting: "the meeting",
  retried: "It is tried now.",
  retryWhat: (what: string) => `Try again: ${what}`,
  /** By the names that the API gives them; others stand as they are. */
  kinds: {
    "end-silent-meeting": "End a meeting that nobody is in",
    record: "Start or stop a recording",
    "sweep-expired": "Remove what has expired",
    "purge-recording": "Delete a recording for good",
    "digest-recording": "Sum up a recording's file",
    "make-poster": "Take a recording's picture",
    "repair-recording": "Repair a recording",
  } as Record<string, string>,
};
