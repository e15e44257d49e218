//! The function `cached`: renders a component once for all pages that show the same.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, OnceLock, Weak};

use tera::value::Key;
use tera::{Context, Error, ErrorKind, Kwargs, Map, State, Tera, TeraResult, Value};
use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::did_you_mean;
use crate::view::Cache;

use super::limited_buffer::LimitedBuffer;

/// The argument that names the component.
const COMPONENT: &str = "component";
/// The number of cached components that may be rendered within each other, as many as Tera allows of others.
const MAX_DEPTH: usize = 20;

thread_local! {
    /// The number of cached components that are being rendered on this thread.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The error of the last one that failed, with its place. Tera replaces it with one at the place of the call.
    static CAUSE: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Components that were rendered for one page and may be shown on others. It is a part of the templates of a theme;
/// copies of these share it.
#[derive(Debug, Clone, Default)]
pub(super) struct CachedComponents(Arc<ComponentCache>);

#[derive(Debug, Default)]
struct ComponentCache {
    /// The theme's templates, without which nothing can be rendered.
    tera: OnceLock<Tera>,
    rendered: Cache<u128, Arc<RenderedComponent>>,
}

/// A component's HTML.
#[derive(Debug)]
struct RenderedComponent {
    html: Value,
    /// The maps and lists that its key has the addresses of. Held, so that no other value gets the same address.
    _held: Vec<Value>,
}

/// The variables that a cached component can ask for with `@`, besides a `page` of two entries.
struct Surroundings {
    site: Value,
    strings: Value,
    /// None if the caller has no `assets`.
    assets: Option<Value>,
    language: Value,
    direction: Value,
}

impl CachedComponents {
    /// Adds the function to templates.
    pub fn register(&self, tera: &mut Tera) {
        // The function is a part of the templates that it renders with.
        let inner = Arc::downgrade(&self.0);
        tera.register_function("cached", move |arguments: Kwargs, state: &State<'_>| cached(&inner, arguments, state));
    }

    /// Sets the theme's templates, complete.
    pub fn set_templates(&self, tera: Tera) {
        // Templates are compiled once.
        let _ = self.0.tera.set(tera);
    }

    /// Drops the components that no page has shown since the last call.
    pub fn forget(&self) {
        self.0.rendered.age();
    }

    /// Returns the error of a cached component that failed on this thread, in place of the error at its call.
    pub fn take_cause() -> Option<Error> {
        CAUSE.take()
    }
}

/// `{{ cached(component="card", article=article, level=3) }}`: the component with these arguments. It sees no more of
/// the page than its `language` and `direction`, so what it prints depends on nothing that differs between pages.
///
/// # Errors
/// If there is no such component, or it fails.
fn cached(inner: &Weak<ComponentCache>, arguments: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let inner = inner.upgrade().ok_or_else(|| Error::message("the templates are gone"))?;
    let component = arguments.must_get::<&str>(COMPONENT)?;
    let surroundings = Surroundings::of(state)?;
    let (key, held) = key(&arguments, &surroundings);
    if let Some(rendered) = inner.rendered.find(&key) {
        return Ok(rendered.html.clone());
    }
    let tera = inner.tera.get().ok_or_else(|| Error::message("the templates are not complete"))?;
    if !tera.contains_component(component) {
        let near = did_you_mean(component, tera.get_component_names());
        let near = near.map(|near| format!(": {near}")).unwrap_or_default();
        return Err(Error::message(format!("the theme has no component `{}`{near}", component.escape_debug())));
    }
    let html = render(tera, component, &arguments, surroundings)?;
    let html = Value::safe_string(&html);
    inner.rendered.put(key, Arc::new(RenderedComponent { html: html.clone(), _held: held }));
    Ok(html)
}

fn render(tera: &Tera, component: &str, arguments: &Kwargs, surroundings: Surroundings) -> TeraResult<String> {
    let mut context = Context::new();
    for (name, value) in arguments.iter() {
        if let Some(name) = name.as_str().filter(|name| *name != COMPONENT) {
            context.insert_value(name.to_owned(), value.clone());
        }
    }
    let depth = DEPTH.get();
    if depth == MAX_DEPTH {
        return Err(Error::message(format!("the component `{component}` calls itself without end")));
    }
    DEPTH.set(depth + 1);
    let mut html = LimitedBuffer::default();
    let implicits = surroundings.into_context();
    let done = tera.render_component_with_implicits_to(component, &context, &implicits, None, true, &mut html);
    DEPTH.set(depth);
    if let Err(error) = done {
        let message = error.to_string();
        if matches!(error.kind(), ErrorKind::RenderingError(_)) {
            // The innermost one, if it is a cached component that failed within another.
            CAUSE.with_borrow_mut(|cause| {
                cause.get_or_insert(error);
            });
        }
        return Err(Error::message(message));
    }
    Ok(String::from_utf8(html.0)?)
}

impl Surroundings {
    /// # Errors
    /// If the place of the call has no `page`, `site` or `t`.
    fn of(state: &State<'_>) -> TeraResult<Surroundings> {
        let find = |name: &str| {
            let found: Option<Value> = state.get(name)?;
            found.ok_or_else(|| Error::message(format!("`{name}` is not in scope: `cached` needs @page, @site and @t")))
        };
        let page = find("page")?;
        let entry = |name: &'static str| {
            page.as_map().and_then(|page| page.get(&Key::from(name))).cloned().unwrap_or_else(Value::none)
        };
        let (language, direction) = (entry("language"), entry("direction"));
        Ok(Surroundings { site: find("site")?, strings: find("t")?, assets: state.get("assets")?, language, direction })
    }

    fn into_context(self) -> Context {
        let entries = [(Key::from("language"), self.language), (Key::from("direction"), self.direction)];
        let page: Map = entries.into_iter().collect();
        let mut context = Context::new();
        context.insert_value("page", Value::from(page));
        context.insert_value("site", self.site);
        context.insert_value("t", self.strings);
        if let Some(assets) = self.assets {
            context.insert_value("assets", assets);
        }
        context
    }
}

/// The hash of all that a component can print, and the values that it has the addresses of. Maps and lists are known by
/// their addresses: pages share the views of stories, and comparing those would cost more than it saves.
fn key(arguments: &Kwargs, surroundings: &Surroundings) -> (u128, Vec<Value>) {
    let mut hasher = Xxh3::new();
    let mut held = Vec::new();
    let Surroundings { site, strings, assets, language, .. } = surroundings;
    for value in [site, strings, language].into_iter().chain(assets) {
        add(&mut hasher, value, &mut held);
    }
    for (name, value) in arguments.iter() {
        let name = name.as_str().unwrap_or_default();
        hasher.update(&name.len().to_le_bytes());
        hasher.update(name.as_bytes());
        add(&mut hasher, value, &mut held);
    }
    (hasher.digest128(), held)
}

fn add(hasher: &mut Xxh3, value: &Value, held: &mut Vec<Value>) {
    let mut address = |kind: u8, at: usize, length: usize| {
        hasher.update(&[kind]);
        hasher.update(&at.to_le_bytes());
        hasher.update(&length.to_le_bytes());
        held.push(value.clone());
    };
    if let Some(map) = value.as_map() {
        return address(1, std::ptr::from_ref(map).addr(), map.len());
    }
    if let Some(list) = value.as_array() {
        return address(2, list.as_ptr().addr(), list.len());
    }
    let text = value.to_string();
    hasher.update(&[3, u8::from(value.is_safe()), u8::from(value.is_string())]);
    hasher.update(value.name().as_bytes());
    hasher.update(&text.len().to_le_bytes());
    hasher.update(text.as_bytes());
}
