// A file on its way to the server, by HTTP: a websocket takes no large messages.

/** Sends a file; `heard` is told the share that has gone. Gives the id under which the server keeps it. */
export function upload(url, file, heard) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${url}?name=${encodeURIComponent(file.name || "file")}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && heard(event.loaded / event.total);
    request.onerror = () => failed(new Error("The server can't be reached."));
    request.onload = () => {
      if (request.status < 300) return done(JSON.parse(request.responseText).id);
      let said = "";
      try {
        said = JSON.parse(request.responseText).error.message;
      } catch {
        // an answer in another form
      }
      failed(new Error(said || (request.status === 413 ? "The file is too large." : `The server refused the file (${request.status}).`)));
    };
    request.send(file);
  });
}
