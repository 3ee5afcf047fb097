// The language of the console. A further language is a further file of the same shape, chosen here.
import { en } from "./texts/en";

export type Texts = typeof en;
export const t: Texts = en;
