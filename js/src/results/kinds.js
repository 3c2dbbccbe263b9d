// The component for each kind of view model.
import AnnotatedView from "./views/AnnotatedView.vue";
import AudioView from "./views/AudioView.vue";
import BoolView from "./views/BoolView.vue";
import ChatView from "./views/ChatView.vue";
import ChoicesView from "./views/ChoicesView.vue";
import CodeView from "./views/CodeView.vue";
import ColorView from "./views/ColorView.vue";
import CompareView from "./views/CompareView.vue";
import DateView from "./views/DateView.vue";
import DialogueView from "./views/DialogueView.vue";
import ErrorView from "./views/ErrorView.vue";
import FilesView from "./views/FilesView.vue";
import GalleryView from "./views/GalleryView.vue";
import HighlightView from "./views/HighlightView.vue";
import HtmlView from "./views/HtmlView.vue";
import ImageView from "./views/ImageView.vue";
import JsonView from "./views/JsonView.vue";
import LabelView from "./views/LabelView.vue";
import MarkdownView from "./views/MarkdownView.vue";
import NoneView from "./views/NoneView.vue";
import NumberView from "./views/NumberView.vue";
import ObjectView from "./views/ObjectView.vue";
import SeveralView from "./views/SeveralView.vue";
import SlotView from "./views/SlotView.vue";
import TableView from "./views/TableView.vue";
import TextView from "./views/TextView.vue";
import VideoView from "./views/VideoView.vue";

export const VIEWS = {
  text: TextView, markdown: MarkdownView, html: HtmlView, code: CodeView, dialogue: DialogueView, number: NumberView, bool: BoolView,
  color: ColorView, date: DateView, choices: ChoicesView, none: NoneView, error: ErrorView, object: ObjectView, image: ImageView,
  gallery: GalleryView, compare: CompareView, annotated: AnnotatedView, audio: AudioView, video: VideoView, files: FilesView,
  json: JsonView, table: TableView, label: LabelView, highlight: HighlightView, plot: SlotView, model3d: SlotView,
  chat: ChatView, several: SeveralView,
};
