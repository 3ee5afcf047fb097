//! HTML, written so that nothing gets into it by mistake: markup can only be what stands in the source, and everything
//! else is escaped, in text and in attributes alike.

/// A piece of HTML.
#[derive(Debug, Default)]
pub(in crate::http) struct Html(String);

impl Html {
    /// Markup as it stands in the source.
    pub(in crate::http) fn raw(mut self, markup: &'static str) -> Self {
        self.0.push_str(markup);
        self
    }

    /// Text, or an attribute's value between double quotes.
    pub(in crate::http) fn text(mut self, text: &str) -> Self {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c => self.0.push(c),
            }
        }
        self
    }

    /// Another piece.
    pub(in crate::http) fn piece(mut self, piece: Self) -> Self {
        self.0.push_str(&piece.0);
        self
    }

    /// Markup, where something is so.
    pub(in crate::http) fn raw_if(self, holds: bool, markup: &'static str) -> Self {
        if holds { self.raw(markup) } else { self }
    }

    /// The whole as text.
    pub(in crate::http) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn nothing_gets_out_of_a_text_or_an_attribute() {
        let page = Html::default().raw("<p title=\"").text("\" onclick='x' <&").raw("\">").text("</p><script>");
        assert_eq!(page.finish(), "<p title=\"&quot; onclick=&#39;x&#39; &lt;&amp;\">&lt;/p&gt;&lt;script&gt;");
    }
}
