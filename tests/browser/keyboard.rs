//! Everything without a mouse.

use thirtyfour::Key;

use crate::stage::{BK, Stage};

#[tokio::test]
async fn a_contact_is_looked_up_and_read_with_the_keyboard_alone() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    browser.until("document.querySelector('#providers')").await;
    browser.keys(Key::Tab).await;
    assert_eq!(browser.focus().await, "Skip to the content");
    browser.keys(Key::Enter).await;
    browser.keys(Key::Tab).await;
    assert_eq!(browser.focus().await, "id");
    browser.keys(BK).await;
    browser.keys(Key::Enter).await;
    assert_eq!(browser.outcome().await, "BK Local1");
    browser.until("document.activeElement.id === 'outcome'").await;
    browser.until("document.getElementById('said').textContent === 'Found BK Local1.'").await;
    // To the chats, which open and scroll.
    while browser.focus().await != "Show all 22" {
        browser.keys(Key::Tab).await;
        assert_ne!(browser.focus().await, "Skip to the content", "the chats can't be reached");
    }
    let ring = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.value(ring).await, "solid", "the focus can be seen");
    browser.keys(Key::Enter).await;
    browser.until("document.querySelector('#filter-chats').checkVisibility()").await;
    browser.keys(Key::Tab).await;
    assert_eq!(browser.focus().await, "filter-chats");
    // A slash is text in a field, and leads to the search from everywhere else.
    browser.keys("/").await;
    assert_eq!(browser.value("document.activeElement.value").await, "/");
    browser.keys(Key::Tab).await;
    browser.keys("/").await;
    assert_eq!(browser.focus().await, "id");
    browser.close().await;
}

#[tokio::test]
async fn the_dialog_keeps_the_focus_and_gives_it_back() {
    let stage = Stage::start().await;
    let browser = stage.browse("/").await;
    browser.until("document.querySelector('#providers')").await;
    browser.load("document.getElementById('open-key').focus()").await;
    browser.keys(Key::Enter).await;
    browser.until("document.activeElement.id === 'dialog-key'").await;
    browser.keys(Key::Escape).await;
    browser.until("!document.querySelector('dialog') && document.activeElement.id === 'open-key'").await;
    browser.close().await;
}
