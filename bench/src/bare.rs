//! The limit: an actix-web handler that answers whatever is asked with the same bytes.

use std::path::Path;

use actix_web::{App, HttpResponse, HttpServer, http::header::CACHE_CONTROL, rt::System, web, web::Bytes};

use crate::Outcome;

/// Serves the bytes of a file.
pub(crate) fn serve(port: u16, workers: usize, body: &Path) -> Outcome<()> {
    let body = Bytes::from(std::fs::read(body)?);
    let app = move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            // nginx and HAProxy keep what may be kept.
            async move {
                HttpResponse::Ok()
                    .content_type("application/json")
                    .insert_header((CACHE_CONTROL, "public, max-age=86400"))
                    .body(body)
            }
        }))
    };
    let server = HttpServer::new(app).workers(workers).bind(("127.0.0.1", port))?;
    Ok(System::new().block_on(server.run())?)
}
