// Camera and microphone: a stream while somebody looks or speaks, and a file at the end.

/** A stream of the camera, the microphone or both. Throws with words for people. */
export async function openStream(wanted) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("This browser gives no camera or microphone to this page.");
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    const words = { NotAllowedError: "The browser was not allowed to use it.", NotFoundError: "No camera or microphone was found." };
    throw new Error(words[error.name] ?? error.message);
  }
}

export const closeStream = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** A still picture of a playing video, as a PNG file. */
export async function still(video) {
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([blob], "camera.png", { type: "image/png" });
}

/** Records a stream until `stop()` is called, which gives the file; `heard` is told how many bytes there are more. */
export function record(stream, sort, heard) {
  const type = ["video/webm", "video/mp4", "audio/webm", "audio/mp4"].find((one) => one.startsWith(sort) && MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
  const parts = [];
  recorder.ondataavailable = (event) => {
    parts.push(event.data);
    heard(event.data.size);
  };
  const over = new Promise((done) => (recorder.onstop = done));
  recorder.start(250);
  return {
    async stop() {
      if (recorder.state !== "inactive") recorder.stop(); // it ended by itself where the browser took the stream away
      await over;
      const ending = recorder.mimeType.includes("mp4") ? "mp4" : "webm";
      return new File(parts, `recording.${ending}`, { type: recorder.mimeType.split(";")[0] });
    },
  };
}
