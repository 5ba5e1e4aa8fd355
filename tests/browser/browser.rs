//! A browser, and what a person does with it.

use std::{mem::ManuallyDrop, path::Path, time::Duration};

use serde_json::{Value, json};
use thirtyfour::{
    By, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, TypingData, WebDriver, WebElement,
    error::WebDriverErrorInner, prelude::WebDriverResult,
};

use crate::driver::Driver;

/// Whatever a page does, it has done by then.
const LONGEST: Duration = Duration::from_secs(30);

/// A browser of its own, without anything that another one has learnt.
pub(crate) struct Browser {
    // Only closed in so many words: where a test fails, it would wait for an answer on the thread that is to bring it. It ends with
    // the driver then.
    web: ManuallyDrop<WebDriver>,
    _driver: Driver,
    origin: String,
}

impl Browser {
    /// Opens the page at this path of the gateway's.
    pub(crate) async fn open(address: impl std::fmt::Display, path: &str) -> Self {
        let driver = Driver::start();
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary("/usr/bin/chromium").unwrap();
        // Its sandbox can't be had as root, nor in most containers. What it loads is ours.
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"]
        {
            wanted.add_arg(argument).unwrap();
        }
        wanted.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
        wanted.set_logging_prefs("performance", LoggingPrefsLogLevel::All).unwrap();
        let web = WebDriver::new(&driver.url, wanted).await.unwrap();
        web.set_script_timeout(LONGEST).await.unwrap();
        let browser = Self { web: ManuallyDrop::new(web), _driver: driver, origin: format!("http://{address}") };
        browser.resize(1280).await;
        browser.go(path).await;
        browser
    }

    /// Opens a path as if it had been typed, with a page of its own.
    pub(crate) async fn go(&self, path: &str) {
        // Another fragment alone would not load the page again.
        self.web.goto("about:blank").await.unwrap();
        self.web.goto(format!("{}{path}", self.origin)).await.unwrap();
    }

    /// Puts the window away, or shows it again.
    pub(crate) async fn window(&self, state: &str) {
        let id = self.command("Browser.getWindowForTarget", json!({})).await["windowId"].clone();
        let bounds = json!({ "windowId": id, "bounds": { "windowState": state } });
        self.command("Browser.setWindowBounds", bounds).await;
    }

    pub(crate) async fn back(&self) {
        self.web.back().await.unwrap();
    }

    /// As wide as so many pixels of CSS.
    pub(crate) async fn resize(&self, width: u32) {
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await;
    }

    /// As if the system's settings were these: `prefers-color-scheme`, `prefers-reduced-motion`.
    pub(crate) async fn prefer(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    pub(crate) async fn command(&self, name: &str, parameters: Value) -> Value {
        self.web.cdp().send_raw(name, parameters).await.unwrap()
    }

    /// What an expression of JavaScript is.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.web.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Waits until an expression is true; looks at it with every frame.
    pub(crate) async fn until(&self, expression: &str) -> Value {
        // Frames are not drawn in hidden pages.
        let script = format!(
            "const done = arguments[arguments.length - 1], next = (look) => document.hidden ? setTimeout(look) : requestAnimationFrame(look);
             const look = () => {{ const value = ({expression}); if (value) done(value); else next(look); }};
             look();"
        );
        match self.web.execute_async(script, Vec::new()).await {
            Ok(value) => value.json().clone(),
            Err(error) => panic!("never {expression}: {error}\n{}", self.text("body").await),
        }
    }

    /// Runs an asynchronous function of JavaScript with these arguments.
    pub(crate) async fn run(&self, function: &str, arguments: Vec<Value>) -> Value {
        let script = format!(
            "const all = [...arguments], done = all.pop();
             ({function})(...all).then(done, (error) => done({{ error: String(error) }}));"
        );
        self.web.execute_async(script, arguments).await.unwrap().json().clone()
    }

    /// Runs a script as it is.
    pub(crate) async fn load(&self, script: &str) {
        self.web.execute(script, Vec::new()).await.unwrap();
    }

    /// Asks the gateway for contacts, one after the other, as a caller beside the page.
    pub(crate) async fn call(&self, ids: &[&str]) {
        let call = "async (ids) => { for (const id of ids) await fetch(`contacts/${encodeURIComponent(id)}`); }";
        self.run(call, vec![json!(ids)]).await;
    }

    /// Waits for the outcome of a look-up, and returns its heading.
    pub(crate) async fn outcome(&self) -> String {
        self.until("!document.querySelector('#view[aria-busy]') && document.querySelector('#outcome')?.textContent")
            .await
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Types an id and asks for it; returns the outcome's heading.
    pub(crate) async fn look_up(&self, text: &str) -> String {
        let field = self.find("#id").await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
        self.load("document.getElementById('view').replaceChildren()").await;
        self.click("#look-up button").await;
        self.outcome().await
    }

    pub(crate) async fn find(&self, selector: &str) -> WebElement {
        let found = self.web.find(By::Css(selector.to_owned())).await;
        found.unwrap_or_else(|error| panic!("no {selector}: {error}"))
    }

    pub(crate) async fn count(&self, selector: &str) -> u64 {
        self.value(&format!("document.querySelectorAll({}).length", json!(selector))).await.as_u64().unwrap()
    }

    /// Does something with an element; again, if the page has replaced it meanwhile.
    async fn steady<T>(&self, attempt: impl AsyncFn() -> WebDriverResult<T>) -> T {
        loop {
            match attempt().await {
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {}
                done => return done.unwrap(),
            }
        }
    }

    /// What can be read there.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.steady(async || self.find(selector).await.text().await).await
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.steady(async || self.find(selector).await.click().await).await;
    }

    /// Clicks what bears this text, and nothing else.
    pub(crate) async fn press(&self, text: &str) {
        let path = format!("//*[(self::a or self::button or self::summary) and normalize-space()='{text}']");
        let found = self.web.find(By::XPath(path)).await;
        found.unwrap_or_else(|error| panic!("no {text}: {error}")).click().await.unwrap();
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn keys(&self, keys: impl Into<TypingData>) {
        self.web.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// What has the focus: its id, or its text.
    pub(crate) async fn focus(&self) -> String {
        let focus = self.value("document.activeElement.id || document.activeElement.textContent").await;
        focus.as_str().unwrap().to_owned()
    }

    /// How much wider the page is than the window.
    pub(crate) async fn overflow(&self) -> i64 {
        let page = "document.documentElement";
        self.value(&format!("{page}.scrollWidth - {page}.clientWidth")).await.as_i64().unwrap()
    }

    /// A picture of the whole page.
    pub(crate) async fn picture(&self, file: &Path) {
        let parameters = json!({ "captureBeyondViewport": true, "format": "png" });
        let answer = self.command("Page.captureScreenshot", parameters).await;
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        std::fs::write(file, STANDARD.decode(answer["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    /// Closes it. Fails if a page has complained, broken its policy, or asked anybody else for anything.
    pub(crate) async fn close(self) {
        for entry in self.web.get_log("browser").await.unwrap() {
            // The browser notes every answer that is a problem. Those are what the page is about.
            let expected = entry.source.as_deref() == Some("network") && entry.message.starts_with(&self.origin);
            assert!(expected || entry.level == "DEBUG", "{entry:?}");
        }
        for entry in self.web.get_log("performance").await.unwrap() {
            let event: Value = serde_json::from_str(&entry.message).unwrap();
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                let url = event["params"]["request"]["url"].as_str().unwrap();
                let own = [self.origin.as_str(), "data:", "blob:", "about:"].iter().any(|start| url.starts_with(start));
                assert!(own, "a request to {url}");
            }
        }
        ManuallyDrop::into_inner(self.web).quit().await.unwrap();
    }
}
