map.js
