// A question before something that cannot be undone.
import { Dialog } from "./dialog";
import { Form } from "./form";

interface Props {
  title: string;
  text: string;
  action: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, text, action, onConfirm, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={action}
        danger
        onCancel={onClose}
        onSubmit={async () => {
          await onConfirm();
          onClose();
        }}
      >
        <p>{text}</p>
      </Form>
    </Dialog>
  );
}
