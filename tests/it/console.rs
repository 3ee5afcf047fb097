//! The console's files as a browser gets them: cached where they may be, compressed where it helps, and under a policy
//! that lets nothing in from elsewhere.

use reqwest::{Method, StatusCode, header};

use crate::harness::{Server, Start, problem};

async fn fetch(server: &Server, path: &str, headers: &[(header::HeaderName, &str)]) -> reqwest::Response {
    let mut request = server.anonymous(Method::GET, path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().await.unwrap()
}

fn text(response: &reqwest::Response, name: header::HeaderName) -> String {
    response.headers().get(&name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The files that a page names, by the end of their names.
fn named(page: &str, end: &str) -> Vec<String> {
    page.split('"').filter(|part| part.ends_with(end)).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_root_leads_to_the_console() {
    let server = Start::bare().run();
    for path in ["/", "/admin", "/admin/"] {
        let page = fetch(&server, path, &[]).await;
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(page.url().path(), "/admin/", "{path}");
        assert_eq!(text(&page, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert!(page.text().await.unwrap().contains("<div id=\"app\">"));
    }
}

#[tokio::test]
async fn a_page_is_asked_about_and_its_files_are_kept() {
    let server = Start::bare().run();
    for (path, folder) in [("/admin/", "/admin/"), ("/docs", "/")] {
        let page = fetch(&server, path, &[]).await;
        assert_eq!(text(&page, header::CACHE_CONTROL), "no-cache");
        let tag = text(&page, header::ETAG);
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 34, "{tag}");
        let page = page.text().await.unwrap();

        let again = fetch(&server, path, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(text(&again, header::ETAG), tag);
        assert_eq!(again.bytes().await.unwrap().len(), 0);

        let files: Vec<String> = [".js", ".css"].iter().flat_map(|end| named(&page, end)).collect();
        assert!(files.len() >= 3, "{page}");
        for file in files {
            let response = fetch(&server, &format!("{folder}{file}"), &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{file}");
            assert_eq!(text(&response, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{file}");
        }
    }
}

#[tokio::test]
async fn a_browser_gets_the_copy_it_can_read() {
    let server = Start::bare().run();
    let page = fetch(&server, "/admin/", &[]).await.text().await.unwrap();
    let script = format!("/admin/{}", named(&page, ".js").into_iter().find(|name| name.starts_with("app-")).unwrap());
    let mut tags = Vec::new();
    let mut lengths = Vec::new();
    for (accepted, coding) in [("br, gzip", "br"), ("gzip;q=0.8", "gzip"), ("identity", "")] {
        let response = fetch(&server, &script, &[(header::ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(text(&response, header::CONTENT_ENCODING), coding);
        assert_eq!(text(&response, header::VARY), "Accept-Encoding");
        assert_eq!(text(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        tags.push(text(&response, header::ETAG));
        lengths.push(response.bytes().await.unwrap().len());
    }
    assert!(lengths[0] < lengths[1] && lengths[1] < lengths[2], "{lengths:?}");
    tags.dedup();
    assert_eq!(tags.len(), 3, "each copy has its own tag: {tags:?}");

    let head = server.anonymous(Method::HEAD, &script).send().await.unwrap();
    assert_eq!(text(&head, header::CONTENT_LENGTH), lengths[2].to_string());
}

#[tokio::test]
async fn nothing_from_elsewhere_is_let_in() {
    let server = Start::bare().run();
    for path in ["/admin/", "/docs", "/admin/favicon.svg"] {
        let response = fetch(&server, path, &[]).await;
        let policy = text(&response, header::CONTENT_SECURITY_POLICY);
        for rule in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
            "connect-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(text(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(text(&response, header::REFERRER_POLICY), "no-referrer");
        for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
            assert_eq!(text(&response, header::HeaderName::from_static(name)), "same-origin");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let server = Start::bare().run();
    for path in ["/admin/app-00000000.js", "/admin/index.html.br", "/admin/docs.html", "/admin/%2e%2e/Cargo.toml"] {
        problem(fetch(&server, path, &[]).await, StatusCode::NOT_FOUND).await;
    }
    let posted = server.anonymous(Method::POST, "/admin/").send().await.unwrap();
    problem(posted, StatusCode::METHOD_NOT_ALLOWED).await;
}
