//! What stands around a page, and what the older of two compared versions had.

use scraper::node::Element;

use super::has_class;

pub(super) const AROUND_TAGS: [&str; 15] = [
    "script", "style", "noscript", "template", "nav", "footer", "aside", "button", "select", "iframe", "object", "head", "svg", "textarea",
    "canvas",
];
pub(super) const AROUND_CLASSES: [&str; 36] = [
    "vpnav",
    "vplocalnav",
    "vpsidebar",
    "vpdocaside",
    "vpdocfooter",
    "vpfooter",
    "vpskiplink",
    "header-anchor",
    "visually-hidden",
    "sr-only",
    "line-numbers",
    "line-numbers-wrapper",
    "book-summary",
    "book-header",
    "navigation",
    "search-results",
    "sidebar",
    "side-bar",
    "breadcrumbs",
    "breadcrumb",
    "toc",
    "page-metadata",
    "comment-section",
    "aui-sidebar",
    "acs-side-bar",
    "ia-secondary-container",
    "catalog",
    "page-footer",
    "page-nav",
    "menu",
    "copy",
    "code-copy",
    "ant-breadcrumb",
    "skip-link",
    "no-results",
    "diff-menu",
];
pub(super) const AROUND_IDS: [&str; 8] = [
    "header",
    "footer",
    "navigation",
    "breadcrumbs",
    "breadcrumb-section",
    "comments-section",
    "likes-and-labels-container",
    "skip-to-content",
];

/// Whether an element is what a site puts around its pages.
pub(super) fn is_around(element: &Element) -> bool {
    AROUND_TAGS.contains(&element.name())
        || has_class(element, &AROUND_CLASSES)
        || element.id().is_some_and(|id| AROUND_IDS.contains(&id))
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element
            .attr("role")
            .is_some_and(|role| ["navigation", "search", "banner", "contentinfo", "complementary", "menu", "dialog"].contains(&role))
        || (element.name() == "span" && has_class(element, &["lang"]))
}

/// Whether an element is what the older of two compared versions had.
pub(super) fn is_removed(element: &Element) -> bool {
    has_class(
        element,
        &["diff-html-removed", "diff-removed", "diff-deleted", "diff-line-removed", "diffremoved", "diffdeleted", "diff-block-removed"],
    ) || (element.name() == "del" && element.classes().any(|class| class.contains("diff")))
}
