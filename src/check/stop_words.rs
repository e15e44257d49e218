//! Words that Presswork itself writes into every site, so that they reveal nothing about a story.

/// Of the formats of feeds, sitemaps, structured data and other formats, of security.txt and trust.txt, of the headers and files of hosts, and of style sheets.
pub(super) const WORDS: &str = "
/content/ /static/ /public/ /version/ /path/to/ /schemas/ /modules/ /news/ /image/ /dtds/ /standard/
Presswork written redirects aliases withdrawn articles site next build writes again file same name takes place belongs block
import path map host server location return include error page pages rules headers header header cache control public private
immutable revalidate must policy permissions security content type options origin frame referrer strict transport camera
geolocation microphone payment same nosniff self none upgrade insecure requests base default script style font connect form
action object ancestors media data https http text html json xml feed jsonfeed version item items title link links
description summary language author authors url uri name names image images icon favicon banner date published modified
updated created external attachments mime size tags hubs rss atom opml outline channel generator copyright category
schema context graph type person organization website webpage article news publisher section keywords breadcrumb list
element position headline correction comment creative work status withdrawn retracted usable canceled ninjs iptc standard
standards body bodies rendition renditions association associations headlines main slugline located representation
sitemap urlset sitemapindex location user agent allow disallow
contact expires encryption acknowledgments preferred languages canonical hiring member belongto control controlledby social
vendor customer disclosure datatrainingallowed yes no
rss display block inline none grid flex margin padding border color background font family size weight line height width
solid auto center start end before after content first last child canvas serif sans monospace system system-ui rem
";
