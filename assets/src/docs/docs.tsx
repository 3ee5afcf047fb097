export function Docs() { return <p/>; }
