// Which page is shown: by who is logged in, then by the address.
import type { ComponentChildren } from "preact";
import { Dialog } from "./components/dialog";
import { NotFound } from "./components/loaded";
import { ProblemNote } from "./components/problem";
import { Shell } from "./components/shell";
import { Toasts } from "./components/toasts";
import { Activity } from "./pages/activity";
import { Doctor } from "./pages/doctor";
import { Gate } from "./pages/gate";
import { Jitsi } from "./pages/jitsi";
import { Jobs } from "./pages/jobs";
import { Login, LoginForm } from "./pages/login";
import { MeetingPage } from "./pages/meeting";
import { Meetings } from "./pages/meetings";
import { Overview } from "./pages/overview";
import { RecordingPage } from "./pages/recording";
import { Recordings } from "./pages/recordings";
import { RoomPage } from "./pages/room";
import { Rooms } from "./pages/rooms";
import { Setup } from "./pages/setup";
import { Tokens } from "./pages/tokens";
import { Users } from "./pages/users";
import { type Route, route } from "./router";
import { expired, restore, session, startProblem } from "./session";
import { t } from "./texts";

function page({ path }: Route): ComponentChildren {
  const [noun, id, more] = path;
  if (more) return <NotFound />;
  switch (noun) {
    case undefined:
      return <Overview />;
    case "rooms":
      return id ? <RoomPage key={id} name={id} /> : <Rooms />;
    case "meetings":
      return id ? <MeetingPage key={id} id={id} /> : <Meetings />;
    case "recordings":
      return id ? <RecordingPage key={id} id={id} /> : <Recordings />;
    case "tokens":
      return id ? <NotFound /> : <Tokens />;
    case "users":
      return id ? <NotFound /> : <Users />;
    case "activity":
      return id ? <NotFound /> : <Activity />;
    case "jobs":
      return id ? <NotFound /> : <Jobs />;
    case "jitsi":
      return id ? <NotFound /> : <Jitsi />;
    case "doctor":
      return id ? <NotFound /> : <Doctor />;
    default:
      return <NotFound />;
  }
}

function Body() {
  const [noun, token] = route.value.path;
  if (noun === "setup" && token) return <Setup key={token} token={token} />;
  if (startProblem.value) {
    return (
      <Gate title={t.brand}>
        <ProblemNote problem={startProblem.value} onRetry={restore} />
      </Gate>
    );
  }
  if (session.value === undefined) return null;
  return session.value ? <Shell>{page(route.value)}</Shell> : <Login />;
}

export function App() {
  return (
    <>
      <Body />
      {expired.value && (
        <Dialog title={t.login.expiredTitle}>
          <p>{t.login.expired}</p>
          <LoginForm name={session.value?.user?.name ?? ""} />
        </Dialog>
      )}
      <Toasts />
    </>
  );
}
